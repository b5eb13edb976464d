// A refrigerator written with Microsoft's Node SDK: registers by its group's key, reports a property, and sends what it
// is told on standard input, one JSON {"component":…,"body":{…}} a line; says on standard output what happened.
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt: ProvisioningMqtt } = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const [host, scope, id, groupKey, modelId] = process.argv.slice(2);
const key = createHmac('sha256', Buffer.from(groupKey, 'base64')).update(id).digest('base64');

const provisioning = ProvisioningDeviceClient.create(
  host, scope, new ProvisioningMqtt(), new SymmetricKeySecurityClient(id, key));
if (modelId) provisioning.setProvisioningPayload({ modelId });
const { assignedHub, deviceId } = await provisioning.register();
console.log(`assigned ${assignedHub} ${deviceId}`);

const client = Client.fromConnectionString(
  `HostName=${assignedHub};DeviceId=${deviceId};SharedAccessKey=${key}`, Mqtt);
await client.open();
const twin = await client.getTwin();
await new Promise((done, fail) =>
  twin.properties.reported.update({ firmwareVersion: '7.7.7' }, e => (e ? fail(e) : done())));
console.log('reported');

for await (const line of createInterface({ input: process.stdin })) {
  const { component, body } = JSON.parse(line);
  const message = new Message(JSON.stringify(body));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  if (component) message.properties.add('$.sub', component);
  await client.sendEvent(message);
  console.log('acked');
}
await client.close();
