using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Live;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Installation;
using IoTCentral.Data.Outbox;
using IoTCentral.Data.Rules;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Data.Templates;
using IoTCentral.Data.Tenants;
using IoTCentral.Data.Twins;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>
/// A shop with fridges on a database of its own, and the rule engine beside it, which can be killed and started again.
/// Everything happens on one day; messages are stored as the program stores them.
/// </summary>
internal sealed partial class Shop : IAsyncDisposable
{
    public const string Template = "dtmi:shop:fridge;1";
    public static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly MessageLog _log;
    private readonly Meters _meters = new();
    private readonly TemplateCatalog _templates;
    private RuleRun? _run;
    private CommittedLog _committed;

    private Shop(TestDatabase database, DateTimeOffset now)
    {
        Database = database;
        Clock = new FakeTimeProvider(now);
        _log = new MessageLog(
            database.SystemDb,
            new MessagePartitions(
                database.SystemDb,
                new RetentionSweep(database.SystemDb, new RollupPass(database.SystemDb), Options, Clock),
                Clock,
                NullLogger<MessagePartitions>.Instance
            ),
            new RepeatFilter(database.SystemDb, Clock),
            Clock,
            NullLogger<MessageLog>.Instance
        );
        _committed = new CommittedLog(_log);
        _templates = new TemplateCatalog(new TemplateStore(database.TenantDb), Changes);
        Journal = new FaultyJournal(new RuleJournal(database.TenantDb));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static InstallationOptions Options { get; } =
        new()
        {
            DataFolder = "/",
            PublicUrl = "https://iot.example",
            Storage = new() { MessageLogDays = 0 },
        };

    public TestDatabase Database { get; }
    public FakeTimeProvider Clock { get; }
    public TenantId Tenant { get; private set; }
    public ChangeFeed Changes { get; } = new();
    public FaultyJournal Journal { get; }
    public ISecretBox Box { get; } = new SecretBox(MasterKey.New());
    public Caller Caller => Caller.System(Tenant);
    public RuleStore Rules => new(Database.TenantDb);
    public AlertStore Alerts => new(Database.TenantDb);
    public LastValueStore LastValues => new(Database.TenantDb);
    public OutboxStore Outbox => new(Database.TenantDb, Database.SystemDb);
    public RuleDeviceSource Devices => new(Database.TenantDb);
    public RuleBook Book => new(Rules, _templates, new RuleSecrets(Box), Changes, Clock);
    public AlertNotices Notices => new(Options, new RecipientZones(Database.TenantDb), new RuleSecrets(Box), Clock);
    public AlertDesk Desk =>
        new(Alerts, Rules, Devices, new TenantStore(Database.TenantDb, Clock), Notices, Changes, Clock);
    public TestMail TestMail =>
        new(
            new MailSettings(Options, new SettingStore(Database.TenantDb), Box, new NoMailer()),
            new NoMailer(),
            Notices,
            _templates,
            new TenantStore(Database.TenantDb, Clock),
            Clock
        );
    public BackTest BackTest =>
        new(
            new TelemetryStore(Database.TenantDb),
            Devices,
            _templates,
            new TenantStore(Database.TenantDb, Clock),
            Clock
        );

    public static async Task<Shop> OpenAsync(string time = "10:00")
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        var shop = new Shop(database, At(time));
        shop.Tenant = await shop.NewTenantAsync();
        return shop;
    }

    public static DateTimeOffset At(string time) => Day + TimeSpan.Parse(time, CultureInfo.InvariantCulture);

    public async Task<TenantId> NewTenantAsync()
    {
        var tenant = await Database.NewTenantAsync(Ct);
        var template = DtdlReader.Read(Dtdl).Template! with { Id = Template };
        await new TemplateStore(Database.TenantDb).AddAsync(tenant, template, Audit, Ct);
        return tenant;
    }

    public async Task<Device> AddFridgeAsync(string id = "fridge-1", TenantId? tenant = null)
    {
        var device = await AddFridgeQuietlyAsync(id, tenant);
        Changes.Publish(new(device.TenantId, ChangeKind.Device, device.Key, device.Id));
        return device;
    }

    /// <summary>Nobody is told, as when the notice of another process is lost.</summary>
    public Task<Device> AddFridgeQuietlyAsync(string id = "fridge-1", TenantId? tenant = null) =>
        new DeviceStore(Database.TenantDb, Clock).AddAsync(
            new Device
            {
                TenantId = tenant ?? Tenant,
                Id = id,
                Name = id.Replace("fridge-", "Fridge ", StringComparison.Ordinal),
                TemplateId = Template,
                CreatedAt = Clock.GetUtcNow(),
            },
            Audit,
            Ct
        );

    public async Task SaveAsync(Device device)
    {
        await new DeviceStore(Database.TenantDb, Clock).UpdateAsync(device, Audit, Ct);
        Changes.Publish(new(device.TenantId, ChangeKind.Device, device.Key, device.Id));
    }

    public async Task DeleteAsync(Device device)
    {
        await new DeviceStore(Database.TenantDb, Clock).DeleteAsync(device.TenantId, device.Id, Audit, Ct);
        Changes.Publish(new(device.TenantId, ChangeKind.Device, device.Key, device.Id));
    }

    public async Task SetCloudAsync(Device device, string json)
    {
        var now = Clock.GetUtcNow();
        await new TwinStore(Database.TenantDb).ChangeAsync(
            device.TenantId,
            device.Key,
            twin => twin.Annotate((JsonObject)JsonNode.Parse(json)!, now),
            _ => Audit,
            Ct
        );
        Changes.Publish(new(device.TenantId, ChangeKind.CloudProperties, device.Key, device.Id));
    }

    public Task NoteHeardAsync(Device device, string at) =>
        Database.TenantDb.ExecuteAsync(
            device.TenantId,
            """
            insert into device_presence (device_key, last_message_at) values (@Key, @at)
            on conflict (tenant_id, device_key) do update set last_message_at = excluded.last_message_at
            """,
            new { device.Key, at = At(at).UtcDateTime },
            Ct
        );

    public async Task SetPresenceAsync(Device device, string? disconnectedAt)
    {
        await Database.TenantDb.ExecuteAsync(
            device.TenantId,
            """
            insert into device_presence (device_key, is_connected, disconnected_at) values (@Key, @connected, @at)
            on conflict (tenant_id, device_key) do update
            set is_connected = excluded.is_connected, disconnected_at = excluded.disconnected_at
            """,
            new
            {
                device.Key,
                connected = disconnectedAt is null,
                at = disconnectedAt is null ? (DateTime?)null : At(disconnectedAt).UtcDateTime,
            },
            Ct
        );
        Changes.Publish(new(device.TenantId, ChangeKind.Connection, device.Key, device.Id));
    }

    public Task<Rule> AddRuleAsync(RuleDefinition definition, string id = "warm", TenantId? tenant = null) =>
        Book.AddAsync(
            Caller.System(tenant ?? Tenant),
            new Rule
            {
                TenantId = tenant ?? Tenant,
                Id = id,
                Name = "Fridge too warm",
                TemplateId = Template,
                Definition = definition,
            },
            Ct
        );

    /// <summary>A rule as another version of the program may have left it.</summary>
    public async Task<Rule> AddRuleUncheckedAsync(RuleDefinition definition, string id = "warm")
    {
        var rule = await Rules.AddAsync(
            new Rule
            {
                TenantId = Tenant,
                Id = id,
                Name = "Unchecked",
                TemplateId = Template,
                Definition = definition,
                UpdatedAt = Clock.GetUtcNow(),
                UpdatedBy = "test",
            },
            Audit,
            Ct
        );
        Changes.Publish(new(Tenant, ChangeKind.Rule, Id: id));
        return rule;
    }

    /// <summary>Stores messages as devices send them; the engine has not seen them yet.</summary>
    public async Task StoreAsync(params DeviceMessage[] messages)
    {
        var newest = messages.Max(m => m.Received);
        if (newest > Clock.GetUtcNow())
            Clock.SetUtcNow(newest);
        await _log.AppendAsync(messages, Ct);
        _committed.Publish(messages);
    }

    /// <summary>Keeps a last value, as the program does a minute after nothing has replaced it.</summary>
    public Task KeepAsync(Device device, string received, Point point) =>
        LastValues.SaveAsync(
            device.TenantId,
            [new(device.Key, "", new LastValue(point, At(received), At(received)))],
            Ct
        );

    /// <summary>Stores a message and lets the engine judge it.</summary>
    public async Task SendAsync(Device device, string received, string json, string? messageTime = null)
    {
        await StoreAsync(Message(device, received, json, messageTime));
        await _run!.StepAsync(Ct);
    }

    public static DeviceMessage Message(Device device, string received, string json, string? messageTime = null) =>
        new()
        {
            Tenant = device.TenantId,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            Received = At(received),
            MessageTime = At(messageTime ?? received),
            Body = Encoding.UTF8.GetBytes(json),
        };

    public async Task ExecuteAsOwnerAsync(string sql)
    {
        await using var owner = await Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(new CommandDefinition(sql, cancellationToken: Ct));
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _log.DisposeAsync();
        _templates.Dispose();
        _meters.Dispose();
        await Database.DisposeAsync();
    }

    private static AuditEntry Audit { get; } =
        new()
        {
            Actor = AuditActor.System,
            Action = "test",
            TargetId = "x",
        };

    private const string Dtdl = """
        {
          "@context": "dtmi:dtdl:context;2",
          "@id": "dtmi:shop:Fridge;1",
          "@type": "Interface",
          "displayName": "Fridge",
          "contents": [
            { "@type": ["Telemetry", "Temperature"], "name": "temperature", "displayName": "Temperature", "schema": "double", "unit": "degreeCelsius" },
            { "@type": "Telemetry", "name": "door", "displayName": "Door", "schema": "boolean" },
            { "@type": "Property", "name": "firmware", "schema": "string" },
            { "@type": ["Property", "Cloud"], "name": "maxTemperature", "displayName": "Highest temperature", "schema": "double" },
            { "@type": ["Property", "Cloud"], "name": "managerEmail", "schema": "string" },
            { "@type": ["Property", "Cloud"], "name": "kind", "schema": "string" }
          ]
        }
        """;

    private sealed class NoMailer : IMailer
    {
        public Task SendAsync(SmtpOptions server, string to, MailContent mail, Guid id, CancellationToken ct) =>
            throw new MailException("There is no mail server in this test.", isFinal: true);
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _made = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _made.Add(meter);
            return meter;
        }

        public void Dispose() => _made.ForEach(m => m.Dispose());
    }
}
