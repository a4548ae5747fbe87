// Service clients made from what a server says of itself by reflection, and from nothing else.
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const kProtos = fileURLToPath(new URL('../../proto', import.meta.url));
const kShape = { keepCase: true, longs: Number, enums: String, defaults: true };

// The reflection service of `version`, "v1" or "v1alpha".
function reflectionClient(address, version) {
  const definition = protoLoader.loadSync(`grpc/reflection/${version}/reflection.proto`, {
    ...kShape,
    defaults: false,
    includeDirs: [kProtos],
  });
  const { ServerReflection } = grpc.loadPackageDefinition(definition).grpc.reflection[version];
  return new ServerReflection(address, grpc.credentials.createInsecure());
}

// The answers to the requests, which go over one stream.
async function ask(address, version, requests) {
  const client = reflectionClient(address, version);
  const stream = client.ServerReflectionInfo();
  for (const request of requests) stream.write(request);
  stream.end();
  const answers = [];
  for await (const answer of stream) answers.push(answer);
  client.close();
  return answers;
}

export async function listServices(address, version = 'v1') {
  const [answer] = await ask(address, version, [{ list_services: '' }]);
  return answer.list_services_response.service.map((service) => service.name).sort();
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}

// Serialized files as one google.protobuf.FileDescriptorSet, whose field 1 they are.
function descriptorSet(files) {
  return Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), file]));
}

// The constructor of a client of `service`, a full name.
export async function reflectedService(address, service, version = 'v1') {
  const [answer] = await ask(address, version, [{ file_containing_symbol: service }]);
  const files = answer.file_descriptor_response.file_descriptor_proto;
  const definition = protoLoader.loadFileDescriptorSetFromBuffer(descriptorSet(files), kShape);
  return service.split('.').reduce(
    (scope, name) => scope[name], grpc.loadPackageDefinition(definition));
}
