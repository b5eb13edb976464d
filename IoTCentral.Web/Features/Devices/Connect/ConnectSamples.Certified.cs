namespace IoTCentral.Web.Features.Devices.Connect;

// The same for devices with a certificate: device.pem and device.key lie beside the code and leave the device never.
internal static partial class ConnectSamples
{
    private const string GroupCertificate = """
        # once for each device, where your authority's private key is
        openssl req -new -newkey rsa:2048 -nodes -keyout device.key -out device.csr -subj '/CN={{subject-id}}'
        openssl x509 -req -in device.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 365 -sha256 -out device.pem
        # is the authority an intermediate one, and only the one above it is uploaded? Then send it along:
        # cat authority.pem >> device.pem
        """;

    private const string OwnCertificate = """
        # on the device: a key that never leaves it, and a certificate that it signs itself
        openssl req -x509 -newkey rsa:2048 -nodes -keyout device.key -out device.pem -days 365 -subj '/CN={{subject-id}}'
        # what is to be enrolled here
        openssl x509 -in device.pem -noout -fingerprint -sha256
        """;

    private const string CertifiedNode = """
        # in the folder with device.pem and device.key
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        npm install azure-iot-device azure-iot-device-mqtt azure-iot-provisioning-device \
          azure-iot-provisioning-device-mqtt azure-iot-security-x509
        cat > device.js <<'EOF'
        const { readFileSync } = require("fs");
        const { ProvisioningDeviceClient } = require("azure-iot-provisioning-device");
        const { Mqtt: ProvisioningMqtt } = require("azure-iot-provisioning-device-mqtt");
        const { X509Security } = require("azure-iot-security-x509");
        const { Client, Message } = require("azure-iot-device");
        const { Mqtt } = require("azure-iot-device-mqtt");

        const id = "{{id}}";
        const certificate = { cert: readFileSync("device.pem", "utf8"), key: readFileSync("device.key", "utf8") };

        async function main() {
          const security = new X509Security(id, certificate);
          const provisioning = ProvisioningDeviceClient.create("{{hostport}}", "{{scope}}", new ProvisioningMqtt(), security);
          await provisioning.register();
          const client = Client.fromConnectionString(`HostName={{hostport}};DeviceId=${id};x509=true`, Mqtt);
          await client.setOptions(certificate);
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

    private const string CertifiedPython = """
        # in the folder with device.pem and device.key
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        python3 -m venv env && env/bin/pip install azure-iot-device
        cat > device.py <<'EOF'
        import time
        from azure.iot.device import IoTHubDeviceClient, Message, ProvisioningDeviceClient, X509

        device_id = "{{id}}"
        x509 = X509(cert_file="device.pem", key_file="device.key")
        ca = open("ca.pem").read()

        provisioning = ProvisioningDeviceClient.create_from_x509_certificate(
            provisioning_host="{{host}}", registration_id=device_id, id_scope="{{scope}}",
            x509=x509, server_verification_cert=ca)
        hub = provisioning.register().registration_state.assigned_hub

        client = IoTHubDeviceClient.create_from_x509_certificate(
            x509=x509, hostname=hub, device_id=device_id, server_verification_cert=ca)
        client.connect()
        while True:
            message = Message('{{body}}', content_encoding="utf-8", content_type="application/json")
            client.send_message(message)
            print("sent", message.data)
            time.sleep(5)
        EOF
        env/bin/python device.py
        """;

    private const string CertifiedCSharp = """"
        # in the folder with device.pem and device.key
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

        using (var trusted = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite))
            trusted.Add(X509CertificateLoader.LoadCertificateFromFile("ca.pem"));
        using var pem = X509Certificate2.CreateFromPemFile("device.pem", "device.key");
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);

        using var security = new SecurityProviderX509Certificate(certificate);
        using var transport = new ProvisioningTransportHandlerMqtt(TransportFallbackType.TcpOnly);
        var provisioning = ProvisioningDeviceClient.Create("{{host}}", "{{scope}}", security, transport);
        var registered = await provisioning.RegisterAsync();

        var who = new DeviceAuthenticationWithX509Certificate("{{id}}", certificate);
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

    private const string CertifiedC = """
        # needs git, cmake, a C compiler, and the headers of libcurl, OpenSSL and libuuid
        # in the folder with device.pem and device.key
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

        static const char* text_of(const char* path, char* text, size_t size)
        {
            FILE* file = fopen(path, "r");
            if (file == NULL) exit(1);
            text[fread(text, 1, size - 1, file)] = 0;
            fclose(file);
            return text;
        }

        int main(void)
        {
            static char ca[8192], certificate[16384], key[8192];
            IoTHub_Init();
            IOTHUB_DEVICE_CLIENT_LL_HANDLE client = IoTHubDeviceClient_LL_CreateFromConnectionString(
                "HostName={{host}};DeviceId={{id}};x509=true", MQTT_Protocol);
            IoTHubDeviceClient_LL_SetOption(client, OPTION_TRUSTED_CERT, text_of("ca.pem", ca, sizeof ca));
            IoTHubDeviceClient_LL_SetOption(client, OPTION_X509_CERT, text_of("device.pem", certificate, sizeof certificate));
            IoTHubDeviceClient_LL_SetOption(client, OPTION_X509_PRIVATE_KEY, text_of("device.key", key, sizeof key));
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

    private const string CertifiedMosquitto = """
        # in the folder with device.pem and device.key
        cat > ca.pem <<'EOF'
        {{ca}}
        EOF
        mosquitto_pub -V mqttv311 -q 1 -h '{{host}}' -p {{port}} --cafile ca.pem --cert device.pem --key device.key \
          -i '{{shell-id}}' -u '{{host}}/{{shell-id}}/?api-version=2021-04-12' \
          -t 'devices/{{shell-id}}/messages/events/$.ct=application%2Fjson&$.ce=utf-8' -m '{{shell-body}}'
        """;
}
