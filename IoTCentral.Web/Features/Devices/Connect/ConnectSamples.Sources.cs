namespace IoTCentral.Web.Features.Devices.Connect;

// The sources themselves. Each first writes our certificate, then says to its SDK in that SDK's own way to trust it.
internal static partial class ConnectSamples
{
    private const string Node = """
        mkdir -p iot-device && cd iot-device
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        npm install azure-iot-device azure-iot-device-mqtt azure-iot-provisioning-device \
          azure-iot-provisioning-device-mqtt azure-iot-security-symmetric-key
        cat > device.js <<'EOF'
        const { ProvisioningDeviceClient } = require("azure-iot-provisioning-device");
        const { Mqtt: ProvisioningMqtt } = require("azure-iot-provisioning-device-mqtt");
        const { SymmetricKeySecurityClient } = require("azure-iot-security-symmetric-key");
        const { Client, Message } = require("azure-iot-device");
        const { Mqtt } = require("azure-iot-device-mqtt");

        const id = "{{id}}";
        const key = "{{key}}";

        async function main() {
          const security = new SymmetricKeySecurityClient(id, key);
          const provisioning = ProvisioningDeviceClient.create("{{hostport}}", "{{scope}}", new ProvisioningMqtt(), security);
          await provisioning.register();
          const client = Client.fromConnectionString(`HostName={{hostport}};DeviceId=${id};SharedAccessKey=${key}`, Mqtt);
          await client.open();
          const send = async () => {
            const message = new Message(JSON.stringify({{body}}));
            message.contentType = "application/json";
            message.contentEncoding = "utf-8";
            await client.sendEvent(message);
            console.log("sent", message.getData());
          };
          await send();
          setInterval(send, 5000);
        }

        main().catch((error) => { console.error(error); process.exit(1); });
        EOF
        NODE_EXTRA_CA_CERTS=ca.pem node device.js
        """;

    private const string Python = """
        mkdir -p iot-device && cd iot-device
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        python3 -m venv env && env/bin/pip install azure-iot-device
        cat > device.py <<'EOF'
        import json, time
        from azure.iot.device import IoTHubDeviceClient, Message, ProvisioningDeviceClient

        device_id = "{{id}}"
        key = "{{key}}"
        ca = open("ca.pem").read()

        provisioning = ProvisioningDeviceClient.create_from_symmetric_key(
            provisioning_host="{{host}}", registration_id=device_id, id_scope="{{scope}}",
            symmetric_key=key, server_verification_cert=ca)
        hub = provisioning.register().registration_state.assigned_hub

        client = IoTHubDeviceClient.create_from_symmetric_key(
            symmetric_key=key, hostname=hub, device_id=device_id, server_verification_cert=ca)
        client.connect()
        while True:
            message = Message('{{body}}', content_encoding="utf-8", content_type="application/json")
            client.send_message(message)
            print("sent", message.data)
            time.sleep(5)
        EOF
        env/bin/python device.py
        """;

    private const string CSharp = """"
        mkdir -p iot-device && cd iot-device
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        cat > device.cs <<'EOF'
        #:package Microsoft.Azure.Devices.Client@1.*
        #:package Microsoft.Azure.Devices.Provisioning.Client@1.*
        #:package Microsoft.Azure.Devices.Provisioning.Transport.Mqtt@1.*
        using System.Security.Cryptography.X509Certificates;
        using System.Text;
        using Microsoft.Azure.Devices.Client;
        using Microsoft.Azure.Devices.Provisioning.Client;
        using Microsoft.Azure.Devices.Provisioning.Client.Transport;
        using Microsoft.Azure.Devices.Shared;

        var id = "{{id}}";
        var key = "{{key}}";

        using (var trusted = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite))
            trusted.Add(X509CertificateLoader.LoadCertificateFromFile("ca.pem"));

        using var security = new SecurityProviderSymmetricKey(id, key, null);
        using var transport = new ProvisioningTransportHandlerMqtt(TransportFallbackType.TcpOnly);
        var provisioning = ProvisioningDeviceClient.Create("{{host}}", "{{scope}}", security, transport);
        var registered = await provisioning.RegisterAsync();

        var who = new DeviceAuthenticationWithRegistrySymmetricKey(id, key);
        await using var client = DeviceClient.Create(registered.AssignedHub, who, TransportType.Mqtt_Tcp_Only);
        while (true)
        {
            using var message = new Message(Encoding.UTF8.GetBytes("""{{body}}"""))
            {
                ContentType = "application/json",
                ContentEncoding = "utf-8",
            };
            await client.SendEventAsync(message);
            Console.WriteLine("sent");
            await Task.Delay(5000);
        }
        EOF
        dotnet run device.cs
        """";

    private const string C = """
        # needs git, cmake, a C compiler, and the headers of libcurl, OpenSSL and libuuid
        mkdir -p iot-device && cd iot-device
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        git clone --depth 1 --recurse-submodules --shallow-submodules https://github.com/Azure/azure-iot-sdk-c.git
        cat > device.c <<'EOF'
        #include <stdio.h>
        #include <stdlib.h>
        #include "azure_c_shared_utility/shared_util_options.h"
        #include "azure_c_shared_utility/threadapi.h"
        #include "iothub.h"
        #include "iothub_device_client_ll.h"
        #include "iothub_message.h"
        #include "iothubtransportmqtt.h"

        static void sent(IOTHUB_CLIENT_CONFIRMATION_RESULT result, void* context)
        {
            (void)context;
            printf("%s\n", result == IOTHUB_CLIENT_CONFIRMATION_OK ? "sent" : "not sent");
        }

        int main(void)
        {
            static char ca[8192];
            FILE* file = fopen("ca.pem", "r");
            if (file == NULL) return 1;
            fread(ca, 1, sizeof ca - 1, file);
            fclose(file);

            IoTHub_Init();
            IOTHUB_DEVICE_CLIENT_LL_HANDLE client = IoTHubDeviceClient_LL_CreateFromConnectionString(
                "HostName={{host}};DeviceId={{id}};SharedAccessKey={{key}}", MQTT_Protocol);
            IoTHubDeviceClient_LL_SetOption(client, OPTION_TRUSTED_CERT, ca);
            for (int i = 0;; i++)
            {
                if (i % 500 == 0)
                {
                    IOTHUB_MESSAGE_HANDLE message = IoTHubMessage_CreateFromString("{{c-body}}");
                    IoTHubMessage_SetContentTypeSystemProperty(message, "application%2fjson");
                    IoTHubMessage_SetContentEncodingSystemProperty(message, "utf-8");
                    IoTHubDeviceClient_LL_SendEventAsync(client, message, sent, NULL);
                    IoTHubMessage_Destroy(message);
                }
                IoTHubDeviceClient_LL_DoWork(client);
                ThreadAPI_Sleep(10);
            }
        }
        EOF
        cat > CMakeLists.txt <<'EOF'
        cmake_minimum_required(VERSION 3.10)
        project(device C)
        set(skip_samples ON CACHE BOOL "")
        add_subdirectory(azure-iot-sdk-c)
        add_executable(device device.c)
        target_include_directories(device PRIVATE azure-iot-sdk-c/iothub_client/inc)
        target_link_libraries(device iothub_client iothub_client_mqtt_transport)
        EOF
        cmake -S . -B build && cmake --build build --target device && build/device
        """;

    private const string Mosquitto = """
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        KEY='{{key}}'
        RESOURCE='{{host}}%2Fdevices%2F{{url-id}}'
        EXPIRY=$(($(date +%s) + 3600))
        HEX=$(printf %s "$KEY" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
        SIGN=$(printf '%s\n%s' "$RESOURCE" "$EXPIRY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$HEX" -binary | openssl base64 -A)
        SIGN=$(printf %s "$SIGN" | sed 's/+/%2B/g; s/\//%2F/g; s/=/%3D/g')
        mosquitto_pub -V mqttv311 -q 1 -h '{{host}}' -p {{port}} --cafile ca.pem \
          -i '{{shell-id}}' -u '{{host}}/{{shell-id}}/?api-version=2021-04-12' \
          -P "SharedAccessSignature sr=$RESOURCE&sig=$SIGN&se=$EXPIRY" \
          -t 'devices/{{shell-id}}/messages/events/$.ct=application%2Fjson&$.ce=utf-8' -m '{{shell-body}}'
        """;
}
