using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>Turns settings into options, collecting a sentence for each that cannot be read.</summary>
internal sealed class SettingsReader(SettingsSource source)
{
    private readonly List<Fault> _faults = [];

    /// <exception cref="InstallationException">With every fault that was found.</exception>
    public static InstallationOptions Read(SettingsSource source)
    {
        var reader = new SettingsReader(source);
        var options = reader.Options();
        reader.CheckLogging();
        var faults = reader._faults.Count > 0 ? reader._faults : options.Faults();
        return faults.Count == 0 ? options : throw new InstallationException(string.Join('\n', faults));
    }

    private InstallationOptions Options() =>
        new()
        {
            DataFolder = DataFolder(),
            Demo = YesNo("Demo"),
            PublicUrl = Text("PublicUrl"),
            Http = new()
            {
                Address = Text("Http:Address") ?? "localhost",
                Port = Whole("Http:Port"),
                TrustedProxies = List("Http:TrustedProxies"),
            },
            Hub = new()
            {
                Addresses = List("Hub:Address"),
                MqttPort = Whole("Hub:MqttPort"),
                AmqpPort = PortOrNone("Hub:AmqpPort"),
                HttpsPort = PortOrNone("Hub:HttpsPort"),
                HttpsFallbackPort = PortOrNone("Hub:HttpsFallbackPort"),
                HostNames = List("Hub:HostNames"),
                CertificateFile = FilePath("Hub:CertificateFile"),
                KeyFile = FilePath("Hub:KeyFile"),
            },
            Postgres = new()
            {
                ConnectionString = Text("ConnectionStrings:Postgres"),
                AppPassword = Text("Postgres:AppPassword"),
                SystemPassword = Text("Postgres:SystemPassword"),
            },
            Smtp = new()
            {
                Host = Text("Smtp:Host"),
                Port = Whole("Smtp:Port"),
                User = Text("Smtp:User"),
                Password = Text("Smtp:Password"),
                Tls = Choice<SmtpTls>("Smtp:Tls"),
                From = Text("Smtp:From"),
            },
            Webhooks = new() { AllowedPrivateNetworks = List("Webhooks:AllowedPrivateNetworks") },
            Limits = new()
            {
                DeviceMessagesPerSecond = Whole("Limits:DeviceMessagesPerSecond"),
                ApplicationMessagesPerSecond = Whole("Limits:ApplicationMessagesPerSecond"),
                WrongKeysPerMinute = Whole("Limits:WrongKeysPerMinute"),
                ApiRequestsPerSecond = Whole("Limits:ApiRequestsPerSecond"),
            },
            Storage = new()
            {
                MessageLogDays = Whole("Storage:MessageLogDays"),
                RollupDays = Whole("Storage:RollupDays"),
            },
            Files = new()
            {
                Folder = FilePath("Files:Folder"),
                MaxMegabytes = Whole("Files:MaxMegabytes"),
                ApplicationMegabytes = Whole("Files:ApplicationMegabytes"),
                KeepDays = Whole("Files:KeepDays"),
            },
            Security = new() { MasterKey = Text("Security:MasterKey") },
        };

    /// <summary>Read by the logging of .NET, which would say what is wrong in its own words.</summary>
    private void CheckLogging()
    {
        Choice<LogFormat>("Logging:Format");
        foreach (var level in source.Configuration.GetSection("Logging:LogLevel").GetChildren())
        {
            Choice<LogLevel>(level.Path);
        }
    }

    private enum LogFormat
    {
        Text,
        Json,
    }

    /// <summary>The default lies in the clone, wherever it is started from; a given one is relative to where one stands.</summary>
    private string DataFolder() =>
        Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(
                Text("Data") ?? ".data",
                source.IsGiven("Data") ? Environment.CurrentDirectory : Home.Folder
            )
        );

    private string? FilePath(string key) =>
        Text(key) is { } path
            ? Path.GetFullPath(path, source.IsGiven(key) ? Environment.CurrentDirectory : Home.Folder)
            : null;

    private string? Text(string key) =>
        string.IsNullOrWhiteSpace(source.Configuration[key]) ? null : source.Configuration[key]!.Trim();

    /// <summary>Separated by commas, or given item by item (<c>Hub:HostNames:0</c>).</summary>
    private IReadOnlyList<string> List(string key)
    {
        var items = source.Configuration.GetSection(key).GetChildren().Select(c => c.Value ?? "").ToList();
        return items.Count > 0
            ? items
            : (Text(key) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private int Whole(string key)
    {
        if (int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _faults.Add(new(key, $"'{Text(key)}' is not a whole number."));
        return 0;
    }

    private int? PortOrNone(string key) => Whole(key) is not 0 and var port ? port : null;

    private bool YesNo(string key)
    {
        if (bool.TryParse(Text(key), out var isYes))
        {
            return isYes;
        }

        _faults.Add(new(key, $"'{Text(key)}' is neither true nor false."));
        return false;
    }

    private T Choice<T>(string key)
        where T : struct, Enum
    {
        if (Enum.TryParse<T>(Text(key), ignoreCase: true, out var choice) && Enum.IsDefined(choice))
        {
            return choice;
        }

        _faults.Add(new(key, $"'{Text(key)}' is none of {string.Join(", ", Enum.GetNames<T>())}."));
        return default;
    }
}
