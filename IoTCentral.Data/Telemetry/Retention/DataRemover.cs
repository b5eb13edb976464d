using Dapper;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Live;
using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry.Retention;

/// <summary>
/// Deletes what devices have sent where somebody has asked for it, all of a device in one transaction, with the count of
/// what went as the proof. While sealing is at work it waits, and the other way round.
/// </summary>
internal sealed class DataRemover(SystemDb db, LiveFeed? live, TimeProvider time, ILogger<DataRemover> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    // By then last values that came before have been written, and go too.
    private static readonly TimeSpan After = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // what is not done is done after the next start
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            while (await RemoveAsync(ct)) { }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "What a device has sent could not be deleted; trying again.");
        }
    }

    /// <summary>Does one; false: there is none to do now.</summary>
    internal async Task<bool> RemoveAsync(CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var removal = await connection.QueryFirstOrDefaultAsync<Row>(
            new CommandDefinition(
                // of all tenants; what is held since it was asked for waits until it is not
                """
                select tenant_id, id, device_id, device_keys
                from data_removal r
                where done_at is null and requested_at <= @before
                  and not exists (
                    select from legal_hold h
                    where h.tenant_id = r.tenant_id and (h.device_key is null or h.device_key = any(r.device_keys))
                  )
                order by requested_at
                limit 1
                for update skip locked
                """,
                new { before = (time.GetUtcNow() - After).UtcDateTime },
                cancellationToken: ct
            )
        );
        if (removal is null)
            return false;
        await connection.ExecuteAsync(
            new CommandDefinition("select position from seal where shard = 0 for update", cancellationToken: ct)
        );
        var gone = await connection.QuerySingleAsync<Gone>(
            new CommandDefinition(
                "select messages, points, last_values, remaining from remove_device_data(@TenantId, @DeviceKeys)",
                removal,
                commandTimeout: 0,
                cancellationToken: ct
            )
        );
        if (gone.Remaining > 0)
            throw new InvalidOperationException(
                $"{gone.Remaining} rows of a device were there after they were deleted."
            );
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update data_removal
                set done_at = @now, messages = @Messages, points = @Points, last_values = @LastValues
                where tenant_id = @TenantId and id = @Id;
                insert into audit (tenant_id, actor_kind, actor_id, actor_name, action, target_id, after)
                values (@TenantId, @Kind, @ActorId, @Name, 'data-removal.done', @DeviceId,
                  jsonb_build_object('messages', @Messages, 'points', @Points, 'lastValues', @LastValues))
                """,
                new
                {
                    now = time.GetUtcNow().UtcDateTime,
                    gone.Messages,
                    gone.Points,
                    gone.LastValues,
                    removal.TenantId,
                    removal.Id,
                    removal.DeviceId,
                    AuditActor.System.Kind,
                    ActorId = AuditActor.System.Id,
                    AuditActor.System.Name,
                },
                cancellationToken: ct
            )
        );
        await transaction.CommitAsync(ct);
        foreach (var key in removal.DeviceKeys)
            live?.Forget(key);
        return true;
    }

    private sealed record Row
    {
        public int TenantId { get; init; }
        public Guid Id { get; init; }
        public string DeviceId { get; init; } = "";
        public long[] DeviceKeys { get; init; } = [];
    }

    private sealed record Gone
    {
        public long Messages { get; init; }
        public long Points { get; init; }
        public long LastValues { get; init; }
        public long Remaining { get; init; }
    }
}
