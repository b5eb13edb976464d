using System.Text;
using Dapper;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTCentral.Data.Tests.Telemetry;

/// <summary>A message log on a database of its own, as the program has it.</summary>
public sealed class MessageLogFixture : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public TestDatabase Database { get; } = new();

    internal MessageLog Log { get; private set; } = null!;

    internal TelemetryStore Store => new(Database.TenantDb);

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Log = NewLog();
    }

    /// <summary>Another writer, as after a restart.</summary>
    internal MessageLog NewLog(SystemDb? db = null) =>
        new(
            db ?? Database.SystemDb,
            Partitions(),
            new RepeatFilter(Database.SystemDb, Clock),
            Clock,
            NullLogger<MessageLog>.Instance
        );

    internal MessagePartitions Partitions(int? days = null)
    {
        var options = new InstallationOptions
        {
            DataFolder = "/",
            Storage = new() { MessageLogDays = days ?? 0 },
        };
        var system = Database.SystemDb;
        return new(
            system,
            new RetentionSweep(system, new RollupPass(system), options, Clock),
            Clock,
            NullLogger<MessagePartitions>.Instance
        );
    }

    private static TimeProvider Clock { get; } = new StandingClock();

    // Noon for ever, so that "the last 24 hours" is the same in every run; pauses take real time.
    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Noon;
    }

    public async Task<(TenantId Tenant, long Device)> NewDeviceAsync(CancellationToken ct, TenantId? tenant = null)
    {
        var owner = tenant ?? await Database.NewTenantAsync(ct);
        await using var connection = await Database.OpenAsOwnerAsync(ct);
        var key = await connection.ExecuteScalarAsync<long>(
            """
            insert into device (tenant_id, id, name, organization_id, created_at, created_by, updated_by)
            values (@Value, 'pump-' || nextval(pg_get_serial_sequence('device', 'device_key')), 'Pump', 1, now(), 't', 't')
            returning device_key
            """,
            new { owner.Value }
        );
        return (owner, key);
    }

    internal static DeviceMessage Message(
        (TenantId Tenant, long Key) device,
        string body = """{"temperature":4.5}""",
        DateTimeOffset? time = null,
        string component = "",
        long? identity = null,
        bool checkRepeat = false,
        DateTimeOffset? received = null,
        string? properties = null
    ) =>
        new()
        {
            Tenant = device.Tenant,
            DeviceKey = device.Key,
            DeviceId = "pump",
            Received = received ?? time ?? Noon,
            MessageTime = time ?? Noon,
            Component = component,
            Body = Encoding.UTF8.GetBytes(body),
            Identity = identity,
            CheckRepeat = checkRepeat,
            Properties = properties is null ? default : Encoding.UTF8.GetBytes(properties),
        };

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Database.DisposeAsync();
    }
}
