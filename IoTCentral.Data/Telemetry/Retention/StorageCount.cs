using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry.Retention;

/// <summary>Counts what each application's telemetry takes. It reads all heads of chunks and packs, so it rests for long.</summary>
internal sealed class StorageCount(SystemDb db, TimeProvider time, ILogger<StorageCount> logger) : BackgroundService
{
    // Of what it took: a count of ten seconds comes every four hours.
    private const int RestPerWork = 1_500;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMinutes(5);

    // By then the first of what was there has been sealed.
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var rest = First; ; rest = await TryAsync(stoppingToken))
                await Task.Delay(rest, time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the next start counts again
        }
    }

    private async Task<TimeSpan> TryAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        try
        {
            await CountAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "What applications have stored could not be counted; trying again.");
        }
        var rest = time.GetElapsedTime(started) * RestPerWork;
        return rest > ShortestRest ? rest : ShortestRest;
    }

    internal Task CountAsync(CancellationToken ct) =>
        db.ExecuteAsync(
            // of all tenants; sizes as they lie on disk, which is read from the rows' heads
            """
            insert into storage_use as u (tenant_id, counted_at, messages, message_bytes, points, point_bytes, oldest_point)
            select a.tenant_id, @now, coalesce(p.messages, 0), coalesce(p.bytes, 0),
              coalesce(c.points, 0), coalesce(c.bytes, 0) + coalesce(r.bytes, 0), c.oldest
            from application a
            left join (
              select tenant_id, sum(n)::bigint as points, sum(pg_column_size(data))::bigint as bytes, min(start) as oldest
              from chunk group by tenant_id
            ) c using (tenant_id)
            left join (
              select tenant_id, sum(pg_column_size(data))::bigint as bytes from rollup group by tenant_id
            ) r using (tenant_id)
            left join (
              select tenant_id, sum(n)::bigint as messages, sum(pg_column_size(data))::bigint as bytes
              from message_pack group by tenant_id
            ) p using (tenant_id)
            on conflict (tenant_id) do update
            set counted_at = excluded.counted_at, messages = excluded.messages, message_bytes = excluded.message_bytes,
              points = excluded.points, point_bytes = excluded.point_bytes, oldest_point = excluded.oldest_point
            """,
            new { now = time.GetUtcNow().UtcDateTime },
            ct
        );
}
