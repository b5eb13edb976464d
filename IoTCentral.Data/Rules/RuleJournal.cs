using Dapper;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Outbox;
using Npgsql;

namespace IoTCentral.Data.Rules;

internal sealed class RuleJournal(TenantDb db) : IRuleJournal
{
    private const string Consumer = "rules";

    // How far timers have been run, in milliseconds since 1970; beside the place in the log.
    private const string ClockOf = "rules-clock";

    static RuleJournal() => EnumText<RulePhase>.Register();

    public async Task<(long Position, DateTimeOffset Clock)?> FindPlaceAsync(CancellationToken ct)
    {
        var row = await db.FindPlatformAsync<PlaceRow>(
            """
            select p.position, c.position as clock
            from consumer_checkpoint p
            join consumer_checkpoint c on c.consumer = @clock and c.shard = p.shard
            where p.consumer = @consumer and p.shard = 0
            """,
            new { consumer = Consumer, clock = ClockOf },
            ct
        );
        return row is null ? null : (row.Position, DateTimeOffset.FromUnixTimeMilliseconds(row.Clock));
    }

    public async Task<JournalPage> LoadAsync(TenantId tenant, CancellationToken ct)
    {
        var states = await db.QueryAsync<StateRow>(
            tenant,
            "select rule_id, device_key, phase, since, alert_id, detail::text, version from rule_state",
            null,
            ct
        );
        var alerts = await db.QueryAsync<AlertRow>(
            tenant,
            "select id, rule_id, device_key, opened_at, facts::text from alert where status <> 'resolved'",
            null,
            ct
        );
        return new([.. states.Select(s => s.ToState())], [.. alerts.Select(a => a.ToAlert())]);
    }

    public async Task<StoredState?> FindStateAsync(
        TenantId tenant,
        string ruleId,
        long deviceKey,
        CancellationToken ct
    ) =>
        (
            await db.FindAsync<StateRow>(
                tenant,
                """
                select rule_id, device_key, phase, since, alert_id, detail::text, version
                from rule_state
                where rule_id = @ruleId and device_key = @deviceKey
                """,
                new { ruleId, deviceKey },
                ct
            )
        )?.ToState();

    public async Task<IReadOnlyList<RuleWrite>> CommitAsync(
        IReadOnlyList<RuleWrite> writes,
        long position,
        DateTimeOffset clock,
        CancellationToken ct
    )
    {
        try
        {
            return await db.PlatformTransactionAsync(
                async t =>
                {
                    var stale = new List<RuleWrite>();
                    foreach (var tenant in writes.GroupBy(w => w.TenantId))
                    {
                        await t.EnterAsync(tenant.Key);
                        stale.AddRange(await RuleJournalPage.WriteAsync(t, [.. tenant]));
                    }

                    await MoveAsync(t, position, clock);
                    return stale;
                },
                ct
            );
        }
        // Everything else is tried again, or a fault of ours would set every rule aside.
        catch (PostgresException e) when (DatabaseFault.IsOfData(e))
        {
            throw new RuleWriteRefusedException($"The database refuses it: {e.MessageText}", e);
        }
    }

    private static Task MoveAsync(TenantTransaction t, long position, DateTimeOffset clock) =>
        t.ExecuteAsync(
            """
            insert into consumer_checkpoint (consumer, shard, position)
            values (@consumer, 0, @position), (@clockOf, 0, @clock)
            on conflict (consumer, shard) do update set position = excluded.position
            """,
            new
            {
                consumer = Consumer,
                clockOf = ClockOf,
                position,
                clock = clock.ToUnixTimeMilliseconds(),
            }
        );

    private sealed record PlaceRow
    {
        public long Position { get; init; }
        public long Clock { get; init; }
    }

    private sealed record StateRow
    {
        public required string RuleId { get; init; }
        public long DeviceKey { get; init; }
        public RulePhase Phase { get; init; }
        public DateTimeOffset Since { get; init; }
        public Guid? AlertId { get; init; }
        public required string Detail { get; init; }
        public int Version { get; init; }

        public StoredState ToState() =>
            new()
            {
                RuleId = RuleId,
                DeviceKey = DeviceKey,
                Phase = Phase,
                Since = Since,
                AlertId = AlertId,
                Detail = Facts.ReadDetail(Detail),
                Version = Version,
            };
    }

    private sealed record AlertRow
    {
        public Guid Id { get; init; }
        public required string RuleId { get; init; }
        public long DeviceKey { get; init; }
        public DateTimeOffset OpenedAt { get; init; }
        public required string Facts { get; init; }

        public UnresolvedAlert ToAlert() =>
            new()
            {
                Id = Id,
                RuleId = RuleId,
                DeviceKey = DeviceKey,
                OpenedAt = OpenedAt,
                Facts = Rules.Facts.Read(Facts),
            };
    }
}
