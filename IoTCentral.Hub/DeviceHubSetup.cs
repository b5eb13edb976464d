using System.Net;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.CloudToDevice;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Files;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Provisioning;
using IoTCentral.Hub.Security;
using IoTCentral.Hub.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IoTCentral.Hub;

/// <summary>The door to everything that devices talk to: provisioning and hub over MQTT, AMQP and HTTPS.</summary>
public static class DeviceHubSetup
{
    /// <summary>
    /// Everything behind the doors; <see cref="ListenForDevices"/> opens them. Each device-facing feature adds its own
    /// with one line; the certificate comes first, since all doors need it.
    /// </summary>
    public static IServiceCollection AddDeviceHub(this IServiceCollection services)
    {
        services.AddServerCertificate();
        services.AddSingleton(s => new NodeName(NameOf(s.GetRequiredService<InstallationOptions>().Hub)));
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<IDeviceLink>(s => s.GetRequiredService<SessionRegistry>());
        services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<SessionGuard>(s));
        services.AddSingleton(s => new RateLimits(
            s.GetRequiredService<InstallationOptions>().Limits,
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<HubLog>();
        services.AddSingleton<HubServices>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<MqttHandler>();
        services.AddSingleton<AmqpNodes>();
        services.AddSingleton<AmqpHandler>();
        services.AddSingleton<HttpRequests>();
        services.AddSingleton<HttpTelemetry>();
        services.AddSingleton<HttpInbox>();
        services.AddSingleton<HttpRegistration>();
        services.AddSingleton<HttpFiles>();
        services.AddSingleton<BlobDoor>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<MqttHandler>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<AmqpHandler>());
        return services;
    }

    /// <summary>Opens the doors on the addresses and ports of the settings.</summary>
    public static void ListenForDevices(this KestrelServerOptions kestrel)
    {
        var hub = kestrel.ApplicationServices.GetRequiredService<InstallationOptions>().Hub;
        foreach (var address in hub.Addresses)
        {
            kestrel.Open(address, hub.MqttPort, UseMqtt);
            if (hub.HttpsPort is { } https)
                kestrel.Open(address, https, UseHttps);
            if (hub.AmqpPort is { } amqp)
                kestrel.Open(address, amqp, UseAmqp);
        }
    }

    /// <summary>What devices ask by HTTPS, on its own port; comes before everything that pages need.</summary>
    public static IApplicationBuilder UseDeviceHub(this IApplicationBuilder app)
    {
        app.UseHttpsDoor();
        return app;
    }

    private static void Open(this KestrelServerOptions kestrel, string address, int port, Action<ListenOptions> door)
    {
        if (Hosts.IsAny(address))
            kestrel.ListenAnyIP(port, door);
        else
            kestrel.Listen(IPAddress.Parse(address), port, door);
    }

    private static void UseMqtt(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.None;
        listen.UseDeviceTls();
        listen.Run(listen.ApplicationServices.GetRequiredService<MqttHandler>().OnConnectedAsync);
    }

    private static void UseAmqp(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.None;
        listen.UseDeviceTls();
        listen.Run(listen.ApplicationServices.GetRequiredService<AmqpHandler>().OnConnectedAsync);
    }

    private static void UseHttps(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseDeviceTls();
        listen.MarkHttpsDoor();
    }

    private static void UseDeviceTls(this ListenOptions listen)
    {
        var services = listen.ApplicationServices;
        var log = services.GetRequiredService<HubLog>();
        var selector = services.GetRequiredService<ServerCertificateSelector>();
        listen.Use(next => connection => TlsAttempt.WatchAsync(connection, next, log));
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(10),
                OnConnection = context =>
                {
                    var attempt = TlsAttempt.Of(context.Connection);
                    attempt?.Hello(context.ClientHelloInfo.SslProtocols);
                    return ValueTask.FromResult(ClientCertificates.Ask(selector.Tls, attempt));
                },
            }
        );
    }

    /// <summary>Two living programs never listen on the same address and port of the same machine.</summary>
    private static string NameOf(HubOptions hub) =>
        $"{Environment.MachineName}/{string.Join(',', hub.Addresses)}:{hub.MqttPort}";
}
