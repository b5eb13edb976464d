using IoTCentral.Core.Common;

namespace IoTCentral.Core.Installation;

/// <summary>Where devices connect, and by which names.</summary>
public sealed record HubOptions
{
    /// <summary>IP addresses the device-facing doors listen on; <c>*</c> for all of this machine's.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1"];

    /// <summary>MQTT over TLS. Azure's SDKs know 8883 only.</summary>
    public int MqttPort { get; init; } = 8883;

    /// <summary>AMQP over TLS. Azure's SDKs know 5671 only; null: this door is closed.</summary>
    public int? AmqpPort { get; init; } = 5671;

    /// <summary>HTTPS, and MQTT and AMQP over WebSocket. Azure's SDKs know 443 only; null: this door is closed.</summary>
    public int? HttpsPort { get; init; } = 443;

    /// <summary>Taken where <see cref="HttpsPort"/> may not be opened or is taken; null: none.</summary>
    public int? HttpsFallbackPort { get; init; } = 8443;

    /// <summary>Names devices may use, the first being the one that is handed out; empty: the address.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>PEM files of a certificate from elsewhere, leaf first, and its key; null: our own CA signs one.</summary>
    public string? CertificateFile { get; init; }
    public string? KeyFile { get; init; }

    /// <summary>The name devices are told when their application has none of its own: first host name, else first address.</summary>
    public string PublicHost => HostNames.Count > 0 ? HostNames[0] : Addresses.Select(Hosts.Reachable).First();

    internal IEnumerable<Fault> Faults()
    {
        foreach (var address in Addresses.Where(a => !Hosts.CanListen(a)))
        {
            yield return new("Hub:Address", $"'{address}' is neither an IP address nor *.");
        }

        if (Addresses.Count == 0)
        {
            yield return new("Hub:Address", "Give at least one IP address.");
        }

        foreach (var name in HostNames.Where(n => Uri.CheckHostName(n) != UriHostNameType.Dns))
        {
            yield return new("Hub:HostNames", $"'{name}' is no host name.");
        }

        if (MqttPort is < 1 or > 65535)
        {
            yield return new("Hub:MqttPort", $"{MqttPort} is no port; ports are 1 to 65535.");
        }

        if (AmqpPort is < 1 or > 65535)
        {
            yield return new("Hub:AmqpPort", $"{AmqpPort} is no port; ports are 1 to 65535, and 0 is none.");
        }

        foreach (var port in new[] { HttpsPort, HttpsFallbackPort }.OfType<int>().Where(p => p is < 1 or > 65535))
        {
            yield return new("Hub:HttpsPort", $"{port} is no port; ports are 1 to 65535, and 0 is none.");
        }

        if (HttpsPort == MqttPort)
        {
            yield return new("Hub:HttpsPort", "Hub:HttpsPort and Hub:MqttPort are the same; give each its own.");
        }

        if (AmqpPort is not null && (AmqpPort == MqttPort || AmqpPort == HttpsPort))
        {
            yield return new("Hub:AmqpPort", "Hub:AmqpPort is another door's port as well; give each its own.");
        }

        if (CertificateFile is null != KeyFile is null)
        {
            yield return new(
                "Hub:CertificateFile",
                "A certificate and its key (Hub:KeyFile) belong together: give both or neither."
            );
        }

        foreach (var file in new[] { CertificateFile, KeyFile }.Where(f => f is not null && !File.Exists(f)))
        {
            yield return new("Hub:CertificateFile", $"There is no file {file}.");
        }
    }
}
