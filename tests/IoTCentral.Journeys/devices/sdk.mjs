// A device, or a module of one, written with Microsoft's Node SDK over one of its transports:
// node sdk.mjs TRANSPORT CREDENTIAL [HOW]; the credential is a connection string or a shared access signature, and a
// connection string may be told as "provider" or "environment".
// It does what it is told on standard input, one JSON {"do":…} a line, and says on standard output what came of it and
// what came to it, one JSON a line.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { NoRetry } = require('azure-iot-common');
const { Client, Message, ModuleClient, SharedAccessKeyAuthenticationProvider } = require('azure-iot-device');
const mqtt = require('azure-iot-device-mqtt');
const amqp = require('azure-iot-device-amqp');
const transports = {
  mqtt: mqtt.Mqtt, 'mqtt-ws': mqtt.MqttWs, amqp: amqp.Amqp, 'amqp-ws': amqp.AmqpWs, http: require('azure-iot-device-http').Http,
};

const [transport, credential, how] = process.argv.slice(2);
const make = () => {
  const kind = /;ModuleId=|%2Fmodules%2F/.test(credential) ? ModuleClient : Client;
  const over = transports[transport];
  if (how === 'provider')
    return kind.fromAuthenticationProvider(SharedAccessKeyAuthenticationProvider.fromConnectionString(credential), over);
  if (how === 'environment') {
    process.env.IotHubConnectionString = credential;
    return ModuleClient.fromEnvironment(over);
  }
  if (credential.startsWith('SharedAccessSignature ')) return kind.fromSharedAccessSignature(credential, over);
  return kind.fromConnectionString(credential, over);
};
const client = await make();
let twin;
// over HTTPS the SDK says that its options are set only when they say how it receives
const http = { receivePolicy: { interval: 1 } };

const say = (event, of = {}) => console.log(JSON.stringify({ event, ...of }));
const message = ({ body, properties = {}, system = {} }) => {
  const made = new Message(JSON.stringify(body));
  Object.assign(made, system);
  for (const [name, value] of Object.entries(properties)) made.properties.add(name, value);
  return made;
};
const bag = properties => Object.fromEntries(
  Array.from({ length: properties.count() }, (_, i) => [properties.getItem(i).key, properties.getItem(i).value]));

const operations = {
  open: () => client.open(),
  close: () => client.close(),
  renewEach: ({ seconds }) => client.setOptions({
    tokenRenewal: { tokenValidTimeInSeconds: 2 * seconds, tokenRenewalMarginInSeconds: seconds },
  }),
  certify: certificate => client.setOptions({ ...certificate, http }),
  setOptions: () => client.setOptions({ http }),
  setTransportOptions: () => client.setTransportOptions(http.receivePolicy),
  setRetryPolicy: () => client.setRetryPolicy(new NoRetry()),
  updateSharedAccessSignature: ({ token }) =>
    new Promise((done, fail) => client.updateSharedAccessSignature(token, e => (e ? fail(e) : done()))),
  sendEvent: told => client.sendEvent(message(told)),
  sendOutputEvent: told => client.sendOutputEvent(told.output, message(told)),
  sendOutputEventBatch: ({ output, messages }) => client.sendOutputEventBatch(output, messages.map(message)),
  listenToInputs: () => client.on('inputMessage', (input, got) => say('input', { input, body: got.data.toString() })),
  invokeMethod: ({ device, module, name }) => client.invokeMethod(device, module, {
    methodName: name, payload: null, connectTimeoutInSeconds: 5, responseTimeoutInSeconds: 5,
  }),
  sendEventBatch: ({ messages }) => client.sendEventBatch(messages.map(message)),
  getTwin: async () => {
    twin = await client.getTwin();
    return { desired: twin.properties.desired, reported: twin.properties.reported };
  },
  report: ({ patch }) =>
    new Promise((done, fail) => twin.properties.reported.update(patch, e => (e ? fail(e) : done()))),
  twinSetRetryPolicy: () => twin.setRetryPolicy(new NoRetry()),
  // on() asks for the pushes without waiting for the answer: what is wanted until then is not pushed
  listenToDesired: () => {
    twin.on('properties.desired', patch => say('desired', { patch }));
    return new Promise((done, fail) => twin.enableTwinDesiredPropertiesUpdates(e => (e ? fail(e) : done())));
  },
  listenToMethod: ({ name, status, payload }) =>
    (client.onMethod ?? client.onDeviceMethod).call(client, name, (request, response) => {
      say('method', { name: request.methodName, payload: request.payload });
      response.send(status, payload, e => e && say('fault', { message: e.message }));
    }),
  uploadToBlob: async ({ name, file }) => {
    const { size } = await stat(file);
    await client.uploadToBlob(name, createReadStream(file), size);
  },
  getBlobSharedAccessSignature: ({ name }) => client.getBlobSharedAccessSignature(name),
  notifyBlobUploadStatus: ({ id, isSuccess, code, description }) =>
    client.notifyBlobUploadStatus(id, isSuccess, code, description),
  putBlob: async ({ address, body }) => {
    const answer = await fetch(address, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  },
  listenToMessages: ({ settle = ['complete'] }) =>
    client.on('message', got => {
      say('message', {
        id: got.messageId, correlation: got.correlationId, body: got.data.toString(), properties: bag(got.properties),
      });
      // the last way is that of all further messages
      const way = settle.length > 1 ? settle.shift() : settle[0];
      const settled = e => say(e ? 'fault' : 'settled', { way, message: e?.message, id: got.messageId });
      try {
        client[way](got, settled);
      } catch (e) {
        settled(e); // what its transport does not do it throws
      }
    }),
};

client.on('disconnect', () => say('disconnected'));
client.on('error', e => say('error', { message: e.message }));
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  try {
    const result = await operations[told.do](told);
    say('done', { result: told.do.startsWith('get') ? result : undefined });
  } catch (e) {
    say('failed', { name: e.name, message: e.message, inner: e.innerError?.message, body: e.responseBody ?? e.innerError?.responseBody });
  }
}
process.exit(0);
