using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Packs;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Merges what was written on a day once the day is well over, a little at a time.</summary>
internal sealed class Merger(
    SystemDb db,
    MergePass chunks,
    PackMerge packs,
    InstallationOptions options,
    TimeProvider time
)
{
    // By then the last hour of the day is sealed, and most of what comes late is there.
    private static readonly TimeSpan After = TimeSpan.FromHours(2);

    // A month goes as a whole, so points would stay that much longer than they should.
    private const int MonthsFrom = 180;

    private IReadOnlyList<ChunkPlace> _hours = [];
    private IReadOnlyList<ChunkPlace> _days = [];
    private IReadOnlyList<PackKey> _packs = [];

    /// <summary>Does a part of what there is to do; false: there is nothing.</summary>
    public async Task<bool> MergeAsync(CancellationToken ct)
    {
        if (_hours.Count > 0)
            _hours = await chunks.MergeAsync(_hours, ct);
        else if (_days.Count > 0)
            _days = await chunks.MergeAsync(_days, ct);
        else if (_packs.Count > 0)
            _packs = await packs.MergeAsync(_packs, ct);
        else
            return await FindAsync(ct);
        return true;
    }

    /// <summary>Applications all of whose points stay long enough for months.</summary>
    private async Task<int[]> LastingAsync(CancellationToken ct) =>
        [
            .. await db.QueryAsync<int>(
                """
                select a.tenant_id
                from application a
                left join lateral (
                  select min(coalesce(nullif(coalesce(point_days, @days), 0), 1000000)) as shortest,
                    coalesce(bool_or(template_id = '' and point_days is not null), false) as is_general
                  from retention_rule r
                  where r.tenant_id = a.tenant_id
                ) r on true
                where least(r.shortest, case when r.is_general then null else @days end) >= @MonthsFrom
                """,
                new { days = options.Storage.MessageLogDays, MonthsFrom },
                ct
            ),
        ];

    private async Task<bool> FindAsync(CancellationToken ct)
    {
        var next = DateOnly.FromDateTime(
            await db.FindAsync<DateTime>("select merged + 1 from seal where shard = 0", null, ct)
        );
        if (time.GetUtcNow().UtcDateTime - After < next.AddDays(1).ToDateTime(default, DateTimeKind.Utc))
            return false;
        _hours = await chunks.FindAsync(next, ChunkLevel.Hour, ct);
        var lasting = await LastingAsync(ct);
        _days = lasting.Length > 0 ? await chunks.FindAsync(next, ChunkLevel.Day, ct, lasting) : [];
        _packs = await packs.FindAsync(next, ct);
        if (_hours.Count + _days.Count + _packs.Count > 0)
            return true;
        await db.ExecuteAsync(
            "update seal set merged = @next::date where shard = 0",
            new { next = next.ToDateTime(default) },
            ct
        );
        return true;
    }
}
