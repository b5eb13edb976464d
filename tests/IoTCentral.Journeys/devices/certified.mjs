// A device with a certificate, written with Microsoft's Node SDK: registers, waits as long as it is told to, connects and
// sends once. node certified.mjs HOST ID_SCOPE ID CERTIFICATE_FILE KEY_FILE; says on standard output how far it is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt: ProvisioningMqtt } = require('azure-iot-provisioning-device-mqtt');
const { X509Security } = require('azure-iot-security-x509');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const [host, scope, id, certificateFile, keyFile] = process.argv.slice(2);
const certificate = { cert: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
const provisioning = ProvisioningDeviceClient.create(
  host, scope, new ProvisioningMqtt(), new X509Security(id, certificate));
const { assignedHub, deviceId } = await provisioning.register();
console.log(`assigned ${assignedHub} ${deviceId}`);

const client = Client.fromConnectionString(`HostName=${assignedHub};DeviceId=${deviceId};x509=true`, Mqtt);
await client.setOptions(certificate);
await client.open();
const message = new Message('{"temperature":4.25}');
message.contentType = 'application/json';
message.contentEncoding = 'utf-8';
await client.sendEvent(message);
console.log('sent');
process.stdin.resume(); // connected until it is ended
