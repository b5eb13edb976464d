// Tries to connect and to send as devices written with Microsoft's Node SDK, one after the other, without a second try:
// node attempts.mjs TRANSPORT, and on standard input a JSON array of { credential, cert, key }. Says on standard output
// "sent", or the error's name, one JSON a line.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { Client, Message } = require('azure-iot-device');
const { NoRetry } = require('azure-iot-common');
const mqtt = require('azure-iot-device-mqtt');
const amqp = require('azure-iot-device-amqp');
const { Http } = require('azure-iot-device-http');
const transports = { mqtt: mqtt.Mqtt, 'mqtt-ws': mqtt.MqttWs, amqp: amqp.Amqp, 'amqp-ws': amqp.AmqpWs, http: Http };

const transport = transports[process.argv[2]];
for (const { credential, cert, key } of JSON.parse(await text(process.stdin))) {
  const client = credential.startsWith('SharedAccessSignature ')
    ? Client.fromSharedAccessSignature(credential, transport)
    : Client.fromConnectionString(credential, transport);
  client.setRetryPolicy(new NoRetry());
  client.on('error', () => {});
  try {
    // over HTTPS the SDK says that its options are set only when they say how it receives
    if (cert) await client.setOptions({ cert, key, http: { receivePolicy: { interval: 1 } } });
    await client.open();
    await client.sendEvent(new Message('{"t":1}'));
    console.log(JSON.stringify({ result: 'sent' }));
    await client.close();
  } catch (e) {
    console.log(JSON.stringify({ result: e.name, message: e.message }));
  }
}
process.exit(0);
