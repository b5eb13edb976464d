using System.Runtime.CompilerServices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// Reads points to hand them on, one series and one while at a time. A while is as long as there are few points in it, so that
/// neither memory nor the number of questions grows with what is asked for.
/// </summary>
internal sealed class PointReader(TenantDb db)
{
    private const int Few = 20_000;
    private const int Many = 200_000;
    private static readonly TimeSpan ShortestWhile = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstWhile = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWhile = TimeSpan.FromDays(100_000);

    public async IAsyncEnumerable<SeriesPoints> ReadAsync(
        TenantId tenant,
        IReadOnlyList<SeriesId> series,
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var reader = new SeriesReader(db);
        var step = FirstWhile;
        foreach (var one in series.Distinct())
        {
            var (at, last) = await EndsAsync(tenant, one, from, to, ct);
            while (at < last)
            {
                var next = last - at > step ? at + step : last;
                var target = new AllPoints();
                var query = new SeriesQuery
                {
                    Series = [one],
                    From = at,
                    To = next,
                };
                await reader.ReadAsync(tenant, query, new Dictionary<SeriesId, ISeriesTarget> { [one] = target }, ct);
                foreach (var points in target.Points)
                    yield return new(one, points);
                at = next;
                step = Next(step, target.Count);
            }
        }
    }

    public async Task<IReadOnlyList<SeriesId>> SeriesAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        CancellationToken ct
    )
    {
        var found = new HashSet<SeriesId>();
        // from one signal to the next in the index, past all chunks in between
        await using (
            var rows = await db.StreamAsync(
                tenant,
                """
                with recursive of (device_key, signal_id) as (
                  select d.key, (select min(signal_id) from chunk where device_key = d.key)
                  from unnest($1::bigint[]) as d (key)
                  union all
                  select device_key,
                    (select min(c.signal_id) from chunk c where c.device_key = of.device_key and c.signal_id > of.signal_id)
                  from of
                  where signal_id is not null
                )
                select of.device_key, s.component, s.name
                from of join signal s using (signal_id)
                """,
                [devices.ToArray()],
                ct
            )
        )
        {
            while (await rows.ReadAsync(ct))
                found.Add(new(rows.Row.GetInt64(0), rows.Row.GetString(1), rows.Row.GetString(2)));
        }
        await using (
            var rows = await db.StreamAsync(
                tenant,
                """
                select device_key, component, body
                from message_log
                where device_key = any($1) and position > (select position from seal where shard = 0) and flags & $2 = 0
                """,
                [devices.ToArray(), (short)MessageFlags.Repeat],
                ct
            )
        )
        {
            var points = new List<Point>();
            while (await rows.ReadAsync(ct))
                AddHot(rows.Row, points, found);
        }
        return
        [
            .. found
                .OrderBy(s => s.DeviceKey)
                .ThenBy(s => s.Component, StringComparer.Ordinal)
                .ThenBy(s => s.Name, StringComparer.Ordinal),
        ];
    }

    // rows are buffered whole, so reading a column never waits
    private static void AddHot(NpgsqlDataReader row, List<Point> points, HashSet<SeriesId> found)
    {
        points.Clear();
        PayloadReader.TryRead(row.GetFieldValue<byte[]>(2), points, out _);
        // names that PostgreSQL cannot hold have no chunks either
        foreach (var point in points.Where(p => !p.Name.Contains('\0', StringComparison.Ordinal)))
            found.Add(new(row.GetInt64(0), row.GetString(1), point.Name));
    }

    /// <summary>From where to where there may be points, so that decades without any cost no question.</summary>
    private async Task<(DateTimeOffset From, DateTimeOffset To)> EndsAsync(
        TenantId tenant,
        SeriesId series,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        await using var rows = await db.StreamAsync(
            tenant,
            $"""
            select min(t.first), max(t.last)
            from (
              select min(c.start) as first,
                max({ChunkPlace.EndInSql}) as last
              from chunk c
              join signal s using (signal_id)
              where c.device_key = $1 and s.digest = $2
                and c.start < $4 and c.start > $3::timestamptz - interval '768 hours'
              union all
              select min(message_time), max(message_time) + interval '1 microsecond'
              from message_log
              where device_key = $1 and position > (select position from seal where shard = 0)
                and message_time >= $3 and message_time < $4
            ) t
            """,
            [
                series.DeviceKey,
                SignalTable.Digest((series.Component, series.Name)),
                Bounded(from).UtcDateTime,
                Bounded(to).UtcDateTime,
            ],
            ct
        );
        if (!await rows.ReadAsync(ct) || Ends(rows.Row) is not var (first, last))
            return (from, from);
        return (first > from ? first : from, last < to ? last : to);
    }

    // rows are buffered whole, so reading a column never waits
    private static (DateTimeOffset First, DateTimeOffset Last)? Ends(NpgsqlDataReader row) =>
        row.IsDBNull(0) ? null : (row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset>(1));

    // a month less than there is can be subtracted from it
    private static DateTimeOffset Bounded(DateTimeOffset time)
    {
        var (least, most) = (DateTimeOffset.MinValue.AddDays(40), DateTimeOffset.MaxValue.AddDays(-40));
        return time < least ? least
            : time > most ? most
            : time;
    }

    private static TimeSpan Next(TimeSpan step, int points) =>
        points < Few && step < LongestWhile ? step * 2
        : points > Many && step > ShortestWhile ? step / 2
        : step;

    /// <summary>Keeps points of every kind.</summary>
    private sealed class AllPoints : ISeriesTarget
    {
        public List<ChunkPoints> Points { get; } = [];
        public int Count { get; private set; }

        public bool TakesSummary(long start, long end) => false;

        public void Add(long start, int count, NumberSummary summary) =>
            throw new NotSupportedException("A summary has no points.");

        public void Add(ReadOnlySpan<ChunkPoints?> kinds)
        {
            foreach (var points in kinds)
            {
                if (points is not { Count: > 0 })
                    continue;
                Count += points.Count;
                // a while without change of kind is one block
                if (Points is [.., var last] && last.Kind == points.Kind)
                    last.Add(points);
                else
                    Points.Add(points.Slice(0, points.Count));
            }
        }

        public void End() { }
    }
}
