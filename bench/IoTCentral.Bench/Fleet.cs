using System.Collections;
using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Testing;
using IoTCentral.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Bench;

/// <summary>
/// The fixed setting: ten applications with a template, a rule that 0.1 % of the messages make true and a dashboard,
/// and devices spread over them evenly.
/// </summary>
internal static class Fleet
{
    public const int Applications = 10;

    /// <summary>56 bytes, three numeric points.</summary>
    public const string Body =
        """{"temperature":${f:1000:1999:2},"humidity":${f:30000:69999:3},"pressure":${f:9000:9999:1}}""";

    /// <summary>Where the open dashboard is.</summary>
    public const string DashboardPath = "/apps/bench-0/dashboards/bench";

    private const string TemplateId = "dtmi:bench:templates:sensor;1";
    private const string GroupKey =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";

    /// <summary>Makes all of it in a data folder where no server runs.</summary>
    public static async Task MakeAsync(string dataFolder, int devices, Action<string> say, CancellationToken ct)
    {
        var settings = SettingsSource.Read(
            Path.Combine(Home.Folder, "appsettings.json"),
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["data"] = dataFolder },
            new Hashtable()
        );
        await using var installation = await Installation.OpenForCommandAsync(SettingsReader.Read(settings), say, ct);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddInstallation(installation)
            .BuildServiceProvider();
        for (var i = 0; i < Applications; i++)
        {
            var caller = await MakeApplicationAsync(services, i, ct);
            var mine = Enumerable.Range(0, devices).Where(d => d % Applications == i);
            var registry = services.GetRequiredService<DeviceRegistry>();
            var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct };
            await Parallel.ForEachAsync(
                mine,
                options,
                async (d, token) =>
                    await registry.AddAsync(caller, new() { Id = DeviceIdOf(d), TemplateId = TemplateId }, token)
            );
        }
    }

    /// <summary>Credentials for the load generator: username, password, client id and topic of each device.</summary>
    public static async Task WriteCredentialsAsync(string file, string host, int devices, CancellationToken ct)
    {
        var lines = Enumerable
            .Range(0, devices)
            .Select(DeviceIdOf)
            .Select(id => $"{UserName(host, id)},{Token(host, id)},{id},devices/{id}/messages/events/");
        await File.WriteAllLinesAsync(file, lines, ct);
    }

    public static string DeviceIdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"sensor-{number:d5}");

    public static string UserName(string host, string id) => $"{host}/{id}/?api-version=2021-04-12";

    /// <summary>A SAS token that outlives every run.</summary>
    public static string Token(string host, string id) =>
        Sign.Token($"{host}/devices/{id}", KeyOf(id), TimeProvider.System.GetUtcNow().AddDays(1));

    public static Login LoginOf(string host, int number) =>
        new(DeviceIdOf(number), UserName(host, DeviceIdOf(number)), Token(host, DeviceIdOf(number)));

    public static string KeyOf(string id) => DeviceKey.Derive(GroupKey, id);

    private static async Task<Caller> MakeApplicationAsync(IServiceProvider services, int number, CancellationToken ct)
    {
        var application = await services
            .GetRequiredService<ApplicationRegistry>()
            .CreateAsync(
                new ApplicationWish
                {
                    Name = $"Bench {number}",
                    Slug = $"bench-{number}",
                    GroupKey = GroupKey,
                },
                AuditActor.CommandLine,
                ct
            );
        var caller = Caller.System(application.TenantId);
        var template = DtdlReader.Read(Template, TemplateId).Get() with { Status = TemplateStatus.Published };
        await services.GetRequiredService<TemplateBook>().AddAsync(caller, template, ct);
        await services.GetRequiredService<RuleBook>().AddAsync(caller, RuleOf(caller), ct);
        await services.GetRequiredService<DashboardBook>().AddAsync(caller, Board, ct);
        return caller;
    }

    private static Rule RuleOf(Caller caller) =>
        new()
        {
            TenantId = caller.Tenant,
            Id = "warm",
            Name = "Warm",
            TemplateId = TemplateId,
            Definition = new()
            {
                Conditions =
                [
                    new TelemetryCondition
                    {
                        Name = "temperature",
                        Operator = RuleOperator.GreaterThan,
                        Value = RuleValue.Of(19.985),
                    },
                ],
            },
        };

    private static Dashboard Board { get; } =
        new()
        {
            Id = "bench",
            Name = "Bench",
            IsHome = true,
            Tiles =
            [
                Tile("line", TileKind.Line, 0, 0, "temperature"),
                Tile("kpi", TileKind.Kpi, 6, 0, "humidity"),
                // one device alone: its number is what the way to the pixel is measured by
                Tile("pixel", TileKind.LastValue, 6, 3, "pressure") with
                {
                    Source = new() { TemplateId = TemplateId, DeviceId = DeviceIdOf(0) },
                },
            ],
        };

    private static Tile Tile(string id, TileKind kind, int x, int y, string signal) =>
        new()
        {
            Id = id,
            Kind = kind,
            Title = id,
            X = x,
            Y = y,
            Source = new() { TemplateId = TemplateId },
            Series = [new() { Name = signal }],
        };

    private const string Template = """
        {
          "@context": "dtmi:dtdl:context;2",
          "@id": "dtmi:bench:Sensor;1",
          "@type": "Interface",
          "displayName": "Sensor",
          "contents": [
            { "@type": ["Telemetry", "Temperature"], "name": "temperature", "schema": "double", "unit": "degreeCelsius" },
            { "@type": ["Telemetry", "RelativeHumidity"], "name": "humidity", "schema": "double", "unit": "percent" },
            { "@type": ["Telemetry", "Pressure"], "name": "pressure", "schema": "double", "unit": "millibar" },
            { "@type": "Property", "name": "interval", "schema": "integer", "writable": true },
            { "@type": "Command", "name": "ping" }
          ]
        }
        """;
}
