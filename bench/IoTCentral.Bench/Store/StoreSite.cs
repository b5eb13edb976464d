using System.Text;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IoTCentral.Bench.Store;

/// <summary>A database of its own with the log and the store, as the program has them.</summary>
internal sealed class StoreSite : IAsyncDisposable
{
    private const int Pass = 250_000;
    private const int Times = 21;

    private readonly TestDatabase _database;
    private readonly AppDataSource _app;
    private readonly SystemDataSource _system;
    private readonly SignalTable _signals;

    private StoreSite(TestDatabase database, TenantId tenant, NpgsqlConnection owner)
    {
        // tests open a connection for each question; the program does not
        var pooled = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = true }.ConnectionString;
        _database = database;
        _app = DataSources.App(pooled, database.Passwords);
        _system = DataSources.System(pooled, database.Passwords);
        (Tenant, Owner, System) = (tenant, owner, new SystemDb(_system));
        (Db, _signals) = (new TenantDb(_app), new SignalTable(System));
        Store = new TelemetryStore(Db);
        Partitions = PartitionsOf(database);
        Log = new(
            database.SystemDb,
            Partitions,
            new RepeatFilter(database.SystemDb, TimeProvider.System),
            TimeProvider.System,
            NullLogger<MessageLog>.Instance
        );
    }

    public TenantId Tenant { get; }
    public NpgsqlConnection Owner { get; }
    public NpgsqlDataSource App => _app.Value;
    public SystemDb System { get; }
    public TenantDb Db { get; }
    public MessagePartitions Partitions { get; }
    public MessageLog Log { get; }
    public TelemetryStore Store { get; }

    public static async Task<StoreSite> MakeAsync(CancellationToken ct)
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return new(database, await database.NewTenantAsync(ct), await database.OpenAsOwnerAsync(ct));
    }

    /// <summary>Keys of new devices.</summary>
    public async Task<long[]> DevicesAsync(int count, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with made as (
              insert into device (tenant_id, id, name, organization_id, created_at, created_by, updated_by)
              select $1, 'bench-' || gen_random_uuid(), 'Bench', 1, now(), 'bench', 'bench' from generate_series(1, $2) n
              returning device_key
            )
            select array_agg(device_key order by device_key) from made
            """,
            Owner
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }

    public DeviceMessage Message(long device, DateTimeOffset at, string body) =>
        new()
        {
            Tenant = Tenant,
            DeviceKey = device,
            DeviceId = "bench",
            // all on one day, as a pass finds them, whatever the time they tell of
            Received = StoreData.End,
            MessageTime = at,
            Body = Encoding.UTF8.GetBytes(body),
        };

    /// <summary>Seals all there is.</summary>
    public async Task SealAsync(CancellationToken ct)
    {
        // as LogSummaries does while the program runs
        await ExecuteAsync("vacuum message_log", ct);
        var pass = new SealPass(System, _signals, TimeProvider.System);
        var newest = await Log.LastPositionAsync(ct);
        for (long upTo = Math.Min(Pass, newest); ; upTo = Math.Min(upTo + Pass, newest))
        {
            if ((await pass.RunAsync(upTo, ct)).Position >= newest)
                return;
        }
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, Owner) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Milliseconds, warm.</summary>
    public static async Task<double> MedianAsync(Func<Task> ask)
    {
        await ask();
        var took = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var watch = global::System.Diagnostics.Stopwatch.StartNew();
            await ask();
            took.Add(watch.Elapsed.TotalMilliseconds);
        }
        took.Sort();
        return took[Times / 2];
    }

    private static MessagePartitions PartitionsOf(TestDatabase database)
    {
        var kept = new InstallationOptions
        {
            DataFolder = "/",
            Storage = new() { MessageLogDays = 3650 },
        };
        var system = database.SystemDb;
        return new(
            system,
            new RetentionSweep(system, new RollupPass(system), kept, TimeProvider.System),
            TimeProvider.System,
            NullLogger<MessagePartitions>.Instance
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Owner.DisposeAsync();
        await _app.DisposeAsync();
        await _system.DisposeAsync();
        await _database.DisposeAsync();
    }
}
