// A bootstrap set as a file: one header line, then one command a line. The file appears whole or not at
// all, so that a build that was broken off leaves no half set behind.
import {closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';

// Lines gathered for one write.
const CHUNK_LINES = 4096;

// `commands`: [{id, method, request}], ids unique and in the order in which they are to be sent.
export function writeSet(file, header, commands) {
  checkIds(file, commands);
  mkdirSync(dirname(file), {recursive: true});
  const temporary = `${file}.${process.pid}.part`;
  try {
    writeLines(temporary, {...header, commands: commands.length}, commands);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, {force: true});
    throw new Error(`${file} could not be written: ${error.message}`);
  }
}

function checkIds(file, commands) {
  const seen = new Set();
  for (const {id} of commands) {
    if (seen.has(id)) throw new Error(`${file}: two commands have the id ${id}; ids must be unique`);
    seen.add(id);
  }
}

function writeLines(file, header, commands) {
  const out = openSync(file, 'w', 0o644);
  try {
    writeSync(out, JSON.stringify(header) + '\n');
    for (let begin = 0; begin < commands.length; begin += CHUNK_LINES) {
      const lines = commands.slice(begin, begin + CHUNK_LINES).map((command) => JSON.stringify(command) + '\n');
      writeSync(out, lines.join(''));
    }
    fsyncSync(out);
  } finally {
    closeSync(out);
  }
}

// Bytewise order of ids: as the tables' keys are ordered, so that an import fills them from left to right.
export function byId(a, b) {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
