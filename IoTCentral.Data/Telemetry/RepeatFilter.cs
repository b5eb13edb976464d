using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry;

/// <summary>
/// Finds messages that were stored before. Repeats are looked for where they arise (a DUP flag, the first minutes of a
/// connection), against the device's newest stored messages; used by the writer alone, so it needs no lock.
/// </summary>
internal sealed class RepeatFilter(SystemDb db, TimeProvider time)
{
    // At most 256 messages are unacknowledged on a connection, so what a device sends again after a reconnect is among
    // its last few hundred; 1,000 leaves room for a connection that broke several times.
    private const int Newest = 1_000;
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(24);

    // A little longer than the five minutes in which a session asks for the check.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(6);

    private readonly Dictionary<long, Known> _devices = [];
    private DateTimeOffset _swept;

    /// <summary>Sets <see cref="MessageFlags.Repeat"/> where the message, or one before it in the batch, is the same.</summary>
    public async Task MarkAsync(IReadOnlyList<DeviceMessage> batch, CancellationToken ct)
    {
        List<DeviceMessage>? asked = null;
        foreach (var message in batch)
        {
            if (message is { CheckRepeat: true, Identity: not null })
                (asked ??= []).Add(message);
        }

        if (asked is null)
            return;
        await LoadAsync(asked, ct);
        var now = time.GetUtcNow();
        var inBatch = new HashSet<(long, long)>();
        foreach (var message in batch)
        {
            if (message.Identity is not { } identity || !_devices.TryGetValue(message.DeviceKey, out var known))
                continue;
            if (message.CheckRepeat)
                known.AskedAt = now;
            var isRepeat = known.Identities.Contains(identity) || !inBatch.Add((message.DeviceKey, identity));
            message.Flags = isRepeat ? message.Flags | MessageFlags.Repeat : message.Flags & ~MessageFlags.Repeat;
        }
    }

    /// <summary>The batch is stored: its messages can be repeated from now on.</summary>
    public void Remember(IReadOnlyList<DeviceMessage> batch)
    {
        if (_devices.Count == 0)
            return;
        foreach (var message in batch)
        {
            if (message.Identity is { } identity && _devices.TryGetValue(message.DeviceKey, out var known))
                known.Identities.Add(identity);
        }

        Sweep(time.GetUtcNow());
    }

    private async Task LoadAsync(List<DeviceMessage> asked, CancellationToken ct)
    {
        long[] missing = [.. asked.Select(m => m.DeviceKey).Where(k => !_devices.ContainsKey(k)).Distinct()];
        if (missing.Length == 0)
            return;
        var rows = await db.QueryAsync<(int TenantId, long DeviceKey, long Identity)>(
            """
            select m.tenant_id, m.device_key, m.identity
            from unnest(@missing) as k (device_key)
            cross join lateral (
              select tenant_id, device_key, identity
              from message_log
              where device_key = k.device_key and received > @since and identity is not null
              order by position desc
              limit @Newest
            ) m
            """,
            new
            {
                missing,
                since = time.GetUtcNow().UtcDateTime - LookBack,
                Newest,
            },
            ct
        );
        foreach (var key in missing)
            _devices[key] = new Known();
        foreach (var row in rows)
            _devices[row.DeviceKey].Identities.Add(row.Identity);
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now - _swept < TimeSpan.FromMinutes(1))
            return;
        _swept = now;
        foreach (var (key, known) in _devices)
        {
            if (now - known.AskedAt > Keep)
                _devices.Remove(key);
        }
    }

    private sealed class Known
    {
        public HashSet<long> Identities { get; } = [];
        public DateTimeOffset AskedAt { get; set; }
    }
}
