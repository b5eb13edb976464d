using System.Runtime.CompilerServices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Packs;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>Which messages of a device.</summary>
internal sealed record MessageRange
{
    /// <summary>By message time, inclusive.</summary>
    public DateTime From { get; init; } = DateTime.MinValue;

    /// <summary>Exclusive.</summary>
    public DateTime To { get; init; } = DateTime.MaxValue;

    /// <summary>Only messages before this one, in the order of message time and position.</summary>
    public (DateTime Time, long Position) Before { get; init; } = (DateTime.MaxValue, long.MaxValue);

    /// <summary>Only messages up to this position of the log.</summary>
    public long UpTo { get; init; } = long.MaxValue;

    /// <summary>Only messages received since.</summary>
    public DateTime Since { get; init; } = DateTime.MinValue;

    /// <summary>Messages with any of these are left out.</summary>
    public MessageFlags Without { get; init; }

    public bool Has(RawMessage message) =>
        message.MessageTime.UtcDateTime is var time
        && time >= From
        && time < To
        && (time < Before.Time || (time == Before.Time && message.Position < Before.Position))
        && message.Position <= UpTo
        && message.Received.UtcDateTime >= Since
        && (message.Flags & Without) == MessageFlags.None;
}

/// <summary>
/// Reads messages as they came, out of packs and out of what is not sealed yet. Each comes once: what the log is asked for
/// begins after a position, and packs are asked for what is up to there, whatever was sealed in between.
/// </summary>
internal sealed class MessageHistory(TenantDb db)
{
    private const string HotColumns =
        "device_key, position, received, message_time, component, body, properties, flags";

    /// <summary>The newest messages of each device, newest message time first.</summary>
    /// <param name="mostPacks">
    /// Gives up when a device has none in half as many, for who would rather have an answer: the messages of a device
    /// whose clock is wrong may all be left out.
    /// </param>
    public async Task<Dictionary<long, List<RawMessage>>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        MessageRange range,
        int perDevice,
        CancellationToken ct,
        int mostPacks = int.MaxValue / 2
    )
    {
        var position = await SealedAsync(tenant, ct);
        var searches = devices.Distinct().ToDictionary(d => d, _ => new NewestSearch(range, perDevice, position));
        await FindHotAsync(tenant, searches, range, position, perDevice, ct);
        for (var packs = 2; ; packs *= 2)
        {
            var open = searches.Where(s => !s.Value.IsDone).ToDictionary();
            if (open.Count == 0 || packs > mostPacks)
                return searches.ToDictionary(s => s.Key, s => s.Value.Messages);
            await FindPacksAsync(tenant, open, range, packs, ct);
        }
    }

    /// <summary>All messages of some devices in the order of message time and position.</summary>
    public async IAsyncEnumerable<(long Device, RawMessage Message)> InOrderAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        MessageRange range,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var position = await SealedAsync(tenant, ct);
        var waiting = new PriorityQueue<(long Device, RawMessage Message), (DateTime, long)>();
        void Add(long device, RawMessage message) =>
            waiting.Enqueue((device, message), (message.MessageTime.UtcDateTime, message.Position));

        await foreach (var (device, message) in HotAsync(tenant, devices, range, position, ct))
        {
            if (range.Has(message))
                Add(device, message);
        }
        var codec = new PackCodec();
        await using var packs = await db.StreamAsync(
            tenant,
            """
            select device_key, data, first
            from message_pack
            where device_key = any($1) and last >= $2 and first < $3 and received >= $4
            order by first
            """,
            [devices.ToArray(), Time(range.From), Time(range.To), Time(range.Since)],
            ct
        );
        while (await packs.ReadAsync(ct))
        {
            // no pack that is to come has a message before this one's first
            var first = packs.Row.GetDateTime(2);
            while (waiting.TryPeek(out var next, out _) && next.Message.MessageTime.UtcDateTime < first)
                yield return waiting.Dequeue();
            foreach (var message in Messages(codec, packs.Row))
            {
                if (message.Position <= position && range.Has(message))
                    Add(packs.Row.GetInt64(0), message);
            }
        }
        while (waiting.TryDequeue(out var next, out _))
            yield return next;
    }

    private Task<long> SealedAsync(TenantId tenant, CancellationToken ct) =>
        db.FindAsync<long>(tenant, "select position from seal where shard = 0", null, ct);

    private async Task FindHotAsync(
        TenantId tenant,
        Dictionary<long, NewestSearch> searches,
        MessageRange range,
        long position,
        int perDevice,
        CancellationToken ct
    )
    {
        await using var rows = await db.StreamAsync(
            tenant,
            $"""
            select {HotColumns}
            from unnest($1::bigint[]) as d (key)
            cross join lateral (
              select {HotColumns}
              from message_log
              where device_key = d.key and position > $2 and position <= $3 and received >= $4
                and message_time >= $5 and message_time < $6 and (message_time, position) < ($7, $8)
                and flags & $9 = 0
              order by message_time desc, position desc
              limit $10
            ) m
            """,
            [
                searches.Keys.ToArray(),
                position,
                range.UpTo,
                Time(range.Since),
                Time(range.From),
                Time(range.To),
                Time(range.Before.Time),
                range.Before.Position,
                (short)range.Without,
                perDevice,
            ],
            ct
        );
        while (await rows.ReadAsync(ct))
            searches[rows.Row.GetInt64(0)].Messages.Add(Hot(rows.Row));
    }

    private async Task FindPacksAsync(
        TenantId tenant,
        Dictionary<long, NewestSearch> open,
        MessageRange range,
        int packs,
        CancellationToken ct
    )
    {
        var codec = new PackCodec();
        var found = open.ToDictionary(s => s.Key, _ => 0);
        await using var rows = await db.StreamAsync(
            tenant,
            """
            select p.device_key, p.data, p.last, p.position
            from unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) as d (key, last, position)
            cross join lateral (
              select device_key, data, last, position
              from message_pack
              where device_key = d.key and last >= $4 and first < $5 and first <= $6 and received >= $7
                and last <= d.last and (last, position) < (d.last, d.position)
              order by last desc, position desc
              limit $8
            ) p
            """,
            [
                open.Keys.ToArray(),
                open.Values.Select(s => Time(s.At.Last)).ToArray(),
                open.Values.Select(s => s.At.Position).ToArray(),
                Time(range.From),
                Time(range.To),
                Time(range.Before.Time),
                Time(range.Since),
                packs,
            ],
            ct
        );
        while (await rows.ReadAsync(ct))
        {
            var device = rows.Row.GetInt64(0);
            found[device]++;
            open[device].Add(Messages(codec, rows.Row), (rows.Row.GetDateTime(2), rows.Row.GetInt64(3)));
        }
        foreach (var (device, search) in open)
            search.Sort(isLast: found[device] < packs);
    }

    private async IAsyncEnumerable<(long Device, RawMessage Message)> HotAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        MessageRange range,
        long position,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var rows = await db.StreamAsync(
            tenant,
            $"""
            select {HotColumns}
            from message_log
            where device_key = any($1) and position > $2 and received >= $3
              and message_time >= $4 and message_time < $5
            """,
            [devices.ToArray(), position, Time(range.Since), Time(range.From), Time(range.To)],
            ct
        );
        while (await rows.ReadAsync(ct))
            yield return (rows.Row.GetInt64(0), Hot(rows.Row));
    }

    private static RawMessage Hot(NpgsqlDataReader row) =>
        new()
        {
            Position = row.GetInt64(1),
            Received = row.GetFieldValue<DateTimeOffset>(2),
            MessageTime = row.GetFieldValue<DateTimeOffset>(3),
            Component = row.GetString(4),
            Body = row.GetFieldValue<byte[]>(5),
            Properties = row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
            Flags = (MessageFlags)row.GetInt16(7),
        };

    private static RawMessage[] Messages(PackCodec codec, NpgsqlDataReader row) =>
        codec.Read(row.GetFieldValue<byte[]>(1));

    // Open ends are PostgreSQL's infinities.
    private static DateTime Time(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    /// <summary>Looks for a device's newest messages, from the newest pack on.</summary>
    private sealed class NewestSearch(MessageRange range, int limit, long upTo)
    {
        public List<RawMessage> Messages { get; } = [];

        /// <summary>Which pack was read last.</summary>
        public (DateTime Last, long Position) At { get; private set; } = (DateTime.MaxValue, long.MaxValue);

        public bool IsDone { get; private set; }

        public void Add(RawMessage[] messages, (DateTime Last, long Position) pack)
        {
            Messages.AddRange(messages.Where(m => m.Position <= upTo && range.Has(m)));
            At = pack;
        }

        public void Sort(bool isLast)
        {
            Messages.Sort(
                static (a, b) =>
                    a.MessageTime != b.MessageTime
                        ? b.MessageTime.CompareTo(a.MessageTime)
                        : b.Position.CompareTo(a.Position)
            );
            // what is in packs that are to come is not newer than the last one's end
            IsDone = isLast || (Messages.Count >= limit && Messages[limit - 1].MessageTime.UtcDateTime > At.Last);
            if (Messages.Count > limit)
                Messages.RemoveRange(limit, Messages.Count - limit);
        }
    }
}
