using System.Net;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Installation;

/// <summary>Every setting of the installation, as <c>appsettings.json</c>, environment and command line give them.</summary>
public sealed record InstallationOptions
{
    /// <summary>Full path of the data folder: master key, CA certificate, and the program's own PostgreSQL.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Whether the first start makes the demo application.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>Where people reach the pages, for links in mails; null: the local web address.</summary>
    public string? PublicUrl { get; init; }
    public HttpOptions Http { get; init; } = new();
    public HubOptions Hub { get; init; } = new();
    public PostgresOptions Postgres { get; init; } = new();
    public SmtpOptions Smtp { get; init; } = new();
    public WebhookOptions Webhooks { get; init; } = new();
    public LimitOptions Limits { get; init; } = new();
    public StorageOptions Storage { get; init; } = new();
    public FilesOptions Files { get; init; } = new();
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Base of links to pages, without a slash at its end.</summary>
    public string BaseUrl => PublicUrl?.TrimEnd('/') ?? Http.LocalUrl;

    /// <summary>Everything that is wrong, each with the setting's name; empty when the program can start.</summary>
    public IReadOnlyList<Fault> Faults() =>
        [
            .. PublicUrlFaults(),
            .. Http.Faults(),
            .. Hub.Faults(),
            .. Smtp.Faults(),
            .. Webhooks.Faults(),
            .. Limits.Faults(),
            .. Storage.Faults(),
            .. Files.Faults(),
            .. Security.Faults(),
        ];

    private IEnumerable<Fault> PublicUrlFaults()
    {
        var isWeb = Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        if (PublicUrl is not null && !isWeb)
        {
            yield return new(nameof(PublicUrl), $"'{PublicUrl}' is no address such as https://iot.example.com.");
        }
    }
}

/// <summary>Where pages and REST listen.</summary>
public sealed record HttpOptions
{
    /// <summary><c>localhost</c>, an IP address, or <c>*</c> for all of this machine's.</summary>
    public string Address { get; init; } = "localhost";

    /// <summary>0 takes any free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Addresses or networks of proxies that are believed what they say about who asks and by which address.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.0/8", "::1"];

    /// <summary>The address a browser on this machine can use.</summary>
    public string LocalUrl => $"http://{(Hosts.IsAny(Address) ? "localhost" : Hosts.InUrl(Address))}:{Port}";

    /// <summary>Each trusted proxy as a network, without those that cannot be read.</summary>
    public IReadOnlyList<IPNetwork> TrustedNetworks() => [.. TrustedProxies.Select(Network).OfType<IPNetwork>()];

    internal IEnumerable<Fault> Faults()
    {
        foreach (var proxy in TrustedProxies.Where(p => Network(p) is null))
        {
            yield return new(
                "Http:TrustedProxies",
                $"'{proxy}' is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24."
            );
        }

        if (!Hosts.CanListen(Address) && Address != "localhost")
        {
            yield return new("Http:Address", $"'{Address}' is neither localhost, an IP address, nor *.");
        }

        if (Port is < 0 or > 65535)
        {
            yield return new("Http:Port", $"{Port} is no port; ports are 1 to 65535.");
        }
    }

    private static IPNetwork? Network(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network) ? network : null;
    }
}

/// <summary>Limits of what devices may do; 0 means none.</summary>
public sealed record LimitOptions
{
    /// <summary>Sustained telemetry of one device; above it its connection is read more slowly, nothing is dropped.</summary>
    public int DeviceMessagesPerSecond { get; init; } = 50;

    /// <summary>The same for all devices of one application together.</summary>
    public int ApplicationMessagesPerSecond { get; init; } = 5000;

    /// <summary>Sign-ins with a wrong key, per device; above it its attempts are answered late.</summary>
    public int WrongKeysPerMinute { get; init; } = 10;

    /// <summary>Calls of the REST API by all programs of one application together; above it they are told to wait.</summary>
    public int ApiRequestsPerSecond { get; init; } = 100;

    internal IEnumerable<Fault> Faults() =>
        Negative(nameof(DeviceMessagesPerSecond), DeviceMessagesPerSecond)
            .Concat(Negative(nameof(ApplicationMessagesPerSecond), ApplicationMessagesPerSecond))
            .Concat(Negative(nameof(WrongKeysPerMinute), WrongKeysPerMinute))
            .Concat(Negative(nameof(ApiRequestsPerSecond), ApiRequestsPerSecond));

    private static IEnumerable<Fault> Negative(string name, int value) =>
        value < 0 ? [new Fault($"Limits:{name}", $"{value} is less than nothing; 0 means no limit.")] : [];
}

/// <summary>How long data is kept.</summary>
public sealed record StorageOptions
{
    /// <summary>Days the raw messages stay.</summary>
    public int MessageLogDays { get; init; } = 30;

    /// <summary>Days that hourly sums of numbers stay, which are made when the values themselves go; 0: for ever.</summary>
    public int RollupDays { get; init; } = 1826;

    internal IEnumerable<Fault> Faults()
    {
        if (MessageLogDays is < 1 or > 3650)
            yield return new Fault("Storage:MessageLogDays", $"{MessageLogDays} is not between 1 and 3650 days.");
        if (RollupDays is < 0 or > 36_500)
            yield return new Fault("Storage:RollupDays", $"{RollupDays} is not between 0 (for ever) and 36500 days.");
    }
}

/// <summary>The secret that protects the other secrets.</summary>
public sealed record SecurityOptions
{
    /// <summary>The master key, 32 bytes in base64; null: made at the first start and kept in the data folder.</summary>
    public string? MasterKey { get; init; }

    internal IEnumerable<Fault> Faults() =>
        MasterKey is null || Installation.MasterKey.TryParse(MasterKey, out _)
            ? []
            :
            [
                new Fault(
                    "Security:MasterKey",
                    "It is not 32 bytes in base64, as 'openssl rand -base64 32' makes them."
                ),
            ];

    /// <summary>Keeps the key out of logs.</summary>
    public override string ToString() => nameof(SecurityOptions);
}

/// <summary>The database server.</summary>
public sealed record PostgresOptions
{
    /// <summary>Of a login that may create roles and owns the database; null: the program runs a PostgreSQL of its own.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Passwords of the roles iot_app and iot_system; null: derived from the master key.</summary>
    public string? AppPassword { get; init; }
    public string? SystemPassword { get; init; }

    /// <summary>Keeps the passwords out of logs.</summary>
    public override string ToString() => nameof(PostgresOptions);
}
