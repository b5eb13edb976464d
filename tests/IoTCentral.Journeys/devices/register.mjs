// Registers devices as Microsoft's Node SDK does, one after the other: node register.mjs TRANSPORT HOST, and on standard
// input a JSON array of { scope, id, key | cert + key, payload, cancelAfter }. Says on standard output what each was
// told, or the error's name, as one JSON a line.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const mqtt = require('azure-iot-provisioning-device-mqtt');
const amqp = require('azure-iot-provisioning-device-amqp');
const { Http } = require('azure-iot-provisioning-device-http');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');
const transports = { mqtt: mqtt.Mqtt, 'mqtt-ws': mqtt.MqttWs, amqp: amqp.Amqp, 'amqp-ws': amqp.AmqpWs, http: Http };

const [transport, host] = process.argv.slice(2);
for (const { scope, id, key, cert, payload, cancelAfter } of JSON.parse(await text(process.stdin))) {
  const security = cert ? new X509Security(id, { cert, key }) : new SymmetricKeySecurityClient(id, key);
  const client = ProvisioningDeviceClient.create(host, scope, new transports[transport](), security);
  if (payload) client.setProvisioningPayload(payload);
  if (cancelAfter) setTimeout(() => client.cancel(() => console.log(JSON.stringify({ id, cancelled: true }))), cancelAfter);
  try {
    const { assignedHub, deviceId, status, substatus } = await client.register();
    console.log(JSON.stringify({ id, assignedHub, deviceId, status, substatus }));
  } catch (e) {
    console.log(JSON.stringify({ id, error: e.name ?? e.condition ?? "nothing", message: e.message ?? e.description, body: e.responseBody }));
  }
}
process.exit(0);
