using System.Globalization;
using System.Runtime.CompilerServices;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;

namespace IoTCentral.Data.Telemetry;

/// <summary>Answers from chunks, packs and what is in the log still, as <c>iot_app</c>.</summary>
internal sealed class TelemetryStore(TenantDb db, TimeSpan? mostTime = null) : ITelemetryStore
{
    // Repeats say nothing new, and messages of a clock that is ahead drive nothing.
    private const MessageFlags NoNews = MessageFlags.Repeat | MessageFlags.ClockAhead;

    // A search for last values ends after some tens of packs without any.
    private const int MostPacks = 32;

    private readonly TimeSpan _mostTime = mostTime ?? TimeSpan.FromSeconds(30);
    private readonly MessageHistory _messages = new(db);

    public async Task<IReadOnlyList<SeriesResult>> QueryAsync(TenantId tenant, SeriesQuery query, CancellationToken ct)
    {
        var wanted = query.Series.Distinct().ToDictionary(s => s, s => new AloneTarget(query));
        await ReadAsync(tenant, query, wanted, ct);
        return [.. wanted.Select(w => new SeriesResult(w.Key, w.Value.Buckets))];
    }

    public async IAsyncEnumerable<SeriesResult> StreamAsync(
        TenantId tenant,
        SeriesQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        // a question for each part: whoever reads slowly holds neither a connection nor a snapshot
        foreach (var part in query.Series.Distinct().Chunk(SeriesRead.SeriesAtOnce(query)))
        {
            foreach (var result in await QueryAsync(tenant, query with { Series = part }, ct))
                yield return result;
        }
    }

    public async Task<IReadOnlyList<IReadOnlyList<SeriesBucket>>> GroupsAsync(
        TenantId tenant,
        SeriesQuery query,
        IReadOnlyList<IReadOnlyList<SeriesId>> groups,
        CancellationToken ct
    )
    {
        var wanted = new Dictionary<SeriesId, MemberTarget>();
        var together = groups.Select(_ => new GroupBuilder(query)).ToList();
        for (var g = 0; g < groups.Count; g++)
        {
            foreach (var series in groups[g])
                wanted.Add(series, new(query, together[g]));
        }
        await ReadAsync(tenant, query, wanted, ct);
        return [.. together.Select(t => t.Build())];
    }

    public async Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        TenantId tenant,
        SeriesQuery query,
        CancellationToken ct
    )
    {
        var wanted = query.Series.Distinct().ToDictionary(s => s, s => new StateBuilder(query.MaxPoints));
        await ReadAsync(tenant, query, wanted.ToDictionary(w => w.Key, w => new StateTarget(w.Value)), ct);
        return [.. wanted.Select(w => (w.Key, w.Value.Build()))];
    }

    private async Task ReadAsync<T>(
        TenantId tenant,
        SeriesQuery query,
        Dictionary<SeriesId, T> targets,
        CancellationToken ct
    )
        where T : ISeriesTarget
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_mostTime);
        var all = targets.ToDictionary(t => t.Key, t => (ISeriesTarget)t.Value);
        try
        {
            await new SeriesReader(db).ReadAsync(tenant, query, all, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidRequestException(
                "telemetry.too-long",
                $"The answer takes longer than {_mostTime.TotalSeconds:0} seconds. Ask for fewer devices, a shorter range or longer steps."
            );
        }
    }

    public IAsyncEnumerable<SeriesPoints> PointsAsync(
        TenantId tenant,
        IReadOnlyList<SeriesId> series,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    ) => new PointReader(db).ReadAsync(tenant, series, from, to, ct);

    public Task<IReadOnlyList<SeriesId>> SeriesAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        CancellationToken ct
    ) => new PointReader(db).SeriesAsync(tenant, devices, ct);

    public async IAsyncEnumerable<RawMessage> RawInOrderAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var range = new MessageRange { From = from.UtcDateTime, To = to.UtcDateTime };
        await foreach (var (_, message) in _messages.InOrderAsync(tenant, [deviceKey], range, ct))
            yield return message;
    }

    public async Task<Page<RawMessage>> RawAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var range = new MessageRange
        {
            From = from.UtcDateTime,
            To = to.UtcDateTime,
            Before = RawKey.Parse(after),
        };
        var rows = (await _messages.NewestAsync(tenant, [deviceKey], range, limit + 1, ct))[deviceKey];
        return rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], RawKey.Of(rows[limit - 1]));
    }

    public Task<IReadOnlyList<RejectedMessage>> RejectedAsync(
        TenantId tenant,
        long deviceKey,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<RejectedMessage>(
            tenant,
            """
            select id, received, reason, body
            from message_rejected
            where device_key = @deviceKey
            order by received desc, id desc
            limit @limit
            """,
            new { deviceKey, limit },
            ct
        );

    public async IAsyncEnumerable<DeviceMessage> ReplayAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var ids = devices.ToDictionary(d => d.Key, d => d.Id);
        var range = new MessageRange
        {
            From = from.UtcDateTime,
            To = to.UtcDateTime,
            Without = NoNews,
        };
        await foreach (var (device, message) in _messages.InOrderAsync(tenant, [.. ids.Keys], range, ct))
            yield return message.From(tenant, device, ids[device]);
    }

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<RawMessage>>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        int perDevice,
        CancellationToken ct
    )
    {
        var range = new MessageRange { Without = NoNews };
        var found = await _messages.NewestAsync(tenant, deviceKeys, range, perDevice, ct, MostPacks);
        return found.ToDictionary(f => f.Key, f => (IReadOnlyList<RawMessage>)f.Value);
    }

    /// <summary>Where a page of raw messages ended: ticks and position of its last message.</summary>
    private static class RawKey
    {
        public static string Of(RawMessage last) =>
            string.Create(CultureInfo.InvariantCulture, $"{last.MessageTime.UtcTicks}.{last.Position}");

        public static (DateTime Time, long Position) Parse(string? key)
        {
            if (key is null)
                return (DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), long.MaxValue);
            var parts = key.Split('.');
            if (
                parts.Length == 2
                && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks)
                && ticks is >= 0 and <= 3155378975999999999
                && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var position)
            )
                return (new DateTime(ticks, DateTimeKind.Utc), position);
            throw PageKey.Unknown();
        }
    }
}
