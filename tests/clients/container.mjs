// A container of the build under test, with a data folder of its own, gone when the test ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export async function startContainer() {
  // Short, since the path of a unix socket must be.
  const data = await mkdtemp(join(tmpdir(), 'mt-'));
  const program = join(process.env.MT_BIN_DIR, 'maintemplate2');
  const child = spawn(program, ['--data', data, '--grpc', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes) => { said += bytes; });
  const exited = once(child, 'exit');

  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      said += line + '\n';
      const match = /^ready grpc=(\S+)/.exec(line);
      if (match) return match[1];
    }
    throw new Error(`the container ended before it was ready:\n${said}`);
  })();

  const stop = async () => {
    child.kill('SIGTERM');
    const [code] = await exited;
    await rm(data, { recursive: true, force: true });
    return code;
  };
  try {
    const address = await ready;
    child.stdout.on('data', (bytes) => { said += bytes; });
    return { address, socket: `unix:${join(data, 'mt.sock')}`, stop, said: () => said };
  } catch (error) {
    await stop();
    throw error;
  }
}
