using System.Text.Json;
using IoTCentral.Core.Audit;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Devices;

namespace IoTCentral.Data.CloudToDevice;

internal sealed class CloudMessageStore(TenantDb db, SystemDb system) : ICloudMessageStore
{
    private const string Columns = """
        m.device_key, m.sequence, m.message_id, m.correlation_id, m.user_id, m.content_type, m.content_encoding, m.ack,
        m.properties::text as properties, m.body, m.enqueued, m.expires, m.delivery_count, m.lock_token, m.outcome,
        m.ended_at
        """;

    public Task<CloudMessage?> AddAsync(
        TenantId tenant,
        long deviceKey,
        NewCloudMessage message,
        (DateTimeOffset Now, int MostWaiting) when,
        AuditEntry? audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                // One sender a device at a time, so that the count holds; and it stays until the message is there.
                await t.DemandIdentityAsync(deviceKey);
                var row = await t.FindAsync<Row>(
                    $"""
                    insert into cloud_message as m (device_key, message_id, correlation_id, user_id, content_type,
                      content_encoding, ack, properties, body, enqueued, expires)
                    select @deviceKey, @MessageId, @CorrelationId, @UserId, @ContentType, @ContentEncoding, @ack,
                      @properties::jsonb, @body, @now, @expires
                    where @most > (
                      select count(*) from cloud_message
                      where device_key = @deviceKey and outcome is null and expires > @now
                    )
                    returning {Columns}
                    """,
                    new
                    {
                        deviceKey,
                        message.MessageId,
                        message.CorrelationId,
                        message.UserId,
                        message.ContentType,
                        message.ContentEncoding,
                        ack = (short)message.Ack,
                        properties = JsonSerializer.Serialize(message.Properties),
                        body = message.Body.ToArray(),
                        now = when.Now.UtcDateTime,
                        expires = (when.Now + message.TimeToLive).UtcDateTime,
                        most = when.MostWaiting,
                    }
                );
                if (row is not null && audit is not null)
                    await t.AuditAsync(audit);
                return row?.ToMessage();
            },
            ct
        );

    public async Task<IReadOnlyList<CloudMessage>> LockAsync(
        TenantId tenant,
        long deviceKey,
        CloudLock wanted,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<Row>(
            tenant,
            $"""
            with next as (
              select sequence, delivery_count >= @MostDeliveries as is_spent
              from cloud_message
              where device_key = @deviceKey and outcome is null and expires > @now
                and (locked_until is null or locked_until <= @now) and sequence <> all(@held)
              order by sequence
              limit @Most
              for update skip locked
            ), spent as (
              update cloud_message m set outcome = @spent, ended_at = @now, lock_token = null, locked_until = null
              from next n
              where m.device_key = @deviceKey and m.sequence = n.sequence and n.is_spent
            )
            update cloud_message m
            set delivery_count = m.delivery_count + 1, lock_token = gen_random_uuid(), locked_until = @until
            from next n
            where m.device_key = @deviceKey and m.sequence = n.sequence and not n.is_spent
            returning {Columns}
            """,
            new
            {
                deviceKey,
                wanted.MostDeliveries,
                wanted.Most,
                now = now.UtcDateTime,
                held = wanted.Held.ToArray(),
                spent = (short)CloudOutcome.DeliveryCountExceeded,
                until = wanted.Until.UtcDateTime,
            },
            ct
        );
        return [.. rows.Select(r => r.ToMessage()).OrderBy(m => m.Sequence)];
    }

    public async Task<bool> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid lockToken,
        (CloudOutcome Outcome, DateTimeOffset At) end,
        CancellationToken ct
    ) =>
        await db.ExecuteAsync(
            tenant,
            """
            update cloud_message set outcome = @outcome, ended_at = @at, lock_token = null, locked_until = null
            where device_key = @deviceKey and outcome is null and lock_token = @lockToken
            """,
            new
            {
                deviceKey,
                lockToken,
                outcome = (short)end.Outcome,
                at = end.At.UtcDateTime,
            },
            ct
        ) > 0;

    public Task AbandonAsync(
        TenantId tenant,
        long deviceKey,
        IReadOnlyCollection<Guid> lockTokens,
        CancellationToken ct
    ) =>
        db.ExecuteAsync(
            tenant,
            """
            update cloud_message set lock_token = null, locked_until = null
            where device_key = @deviceKey and outcome is null and lock_token = any(@tokens)
            """,
            new { deviceKey, tokens = lockTokens.ToArray() },
            ct
        );

    public Task<int> PurgeAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset now,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var purged = await t.ExecuteAsync(
                    """
                    update cloud_message set outcome = @outcome, ended_at = @now, lock_token = null, locked_until = null
                    where device_key = @deviceKey and outcome is null
                    """,
                    new
                    {
                        deviceKey,
                        now = now.UtcDateTime,
                        outcome = (short)CloudOutcome.Purged,
                    }
                );
                await t.AuditAsync(audit);
                return purged;
            },
            ct
        );

    public async Task<Page<CloudMessage>> ListAsync(
        TenantId tenant,
        long deviceKey,
        long? before,
        int limit,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<Row>(
            tenant,
            $"""
            select {Columns}
            from cloud_message m
            where m.device_key = @deviceKey and (@before::bigint is null or m.sequence < @before)
            order by m.sequence desc
            limit @take
            """,
            new
            {
                deviceKey,
                before,
                take = limit + 1,
            },
            ct
        );
        var messages = rows.Select(r => r.ToMessage()).ToList();
        return messages.Count <= limit
            ? new(messages, null)
            : new(
                [.. messages.Take(limit)],
                messages[limit - 1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)
            );
    }

    public async Task<IReadOnlyList<(TenantId Tenant, long DeviceKey)>> SweepAsync(
        DateTimeOffset now,
        DateTimeOffset forget,
        CancellationToken ct
    )
    {
        // of all tenants: time passes for each
        await system.ExecuteAsync(
            """
            update cloud_message set outcome = @expired, ended_at = @now, lock_token = null, locked_until = null
            where (tenant_id, device_key, sequence) in (
              select tenant_id, device_key, sequence from cloud_message where outcome is null and expires <= @now
            )
            """,
            new { now = now.UtcDateTime, expired = (short)CloudOutcome.Expired },
            ct
        );
        await system.ExecuteAsync(
            """
            delete from cloud_message where (tenant_id, device_key, sequence) in (
              select tenant_id, device_key, sequence from cloud_message where outcome is not null and ended_at < @forget
            )
            """,
            new { forget = forget.UtcDateTime },
            ct
        );
        var freed = await system.QueryAsync<(int TenantId, long DeviceKey)>(
            """
            update cloud_message set lock_token = null, locked_until = null
            where (tenant_id, device_key, sequence) in (
              select tenant_id, device_key, sequence from cloud_message where outcome is null and locked_until <= @now
            )
            returning tenant_id, device_key
            """,
            new { now = now.UtcDateTime },
            ct
        );
        return [.. freed.Distinct().Select(f => (new TenantId(f.TenantId), f.DeviceKey))];
    }

    private sealed record Row
    {
        public required long DeviceKey { get; init; }
        public required long Sequence { get; init; }
        public required string MessageId { get; init; }
        public string? CorrelationId { get; init; }
        public string? UserId { get; init; }
        public string? ContentType { get; init; }
        public string? ContentEncoding { get; init; }
        public required short Ack { get; init; }
        public required string Properties { get; init; }
        public required byte[] Body { get; init; }
        public required DateTimeOffset Enqueued { get; init; }
        public required DateTimeOffset Expires { get; init; }
        public required int DeliveryCount { get; init; }
        public Guid? LockToken { get; init; }
        public short? Outcome { get; init; }
        public DateTimeOffset? EndedAt { get; init; }

        public CloudMessage ToMessage() =>
            new()
            {
                DeviceKey = DeviceKey,
                Sequence = Sequence,
                MessageId = MessageId,
                CorrelationId = CorrelationId,
                UserId = UserId,
                ContentType = ContentType,
                ContentEncoding = ContentEncoding,
                Ack = (CloudAck)Ack,
                Properties = JsonSerializer.Deserialize<Dictionary<string, string?>>(Properties)!,
                Body = Body,
                Enqueued = Enqueued,
                Expires = Expires,
                TimeToLive = Expires - Enqueued,
                DeliveryCount = DeliveryCount,
                LockToken = LockToken,
                Outcome = (CloudOutcome?)Outcome,
                EndedAt = EndedAt,
            };
    }
}
