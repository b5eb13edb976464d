using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>One reading of series in a snapshot, step by step.</summary>
internal sealed class SeriesRead(NpgsqlConnection connection, SeriesQuery query, IReadOnlyList<SeriesId> series)
{
    private readonly Dictionary<SeriesId, Found> _found = series.ToDictionary(s => s, _ => new Found());
    private readonly ChunkCodec _codec = new();
    private readonly long _from = ChunkPlace.MicrosecondsOf(query.From.UtcDateTime);
    private readonly long _to = ChunkPlace.MicrosecondsOf(query.To.UtcDateTime);
    private readonly List<(SeriesId Series, ChunkPlace Place, short Part)> _toUnpack = [];

    /// <summary>What is not sealed yet.</summary>
    public async Task FindHotAsync(CancellationToken ct)
    {
        var (position, received) = await SealedAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            select device_key, message_time, component, body
            from message_log
            where device_key = any($1) and message_time >= $2 and message_time < $3 and flags & $4 = 0
              and position > $5 and received >= $6
            order by position
            """,
            connection
        );
        command.Parameters.Add(Array(series.Select(s => s.DeviceKey).Distinct(), NpgsqlDbType.Bigint));
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = query.From.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = query.To.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)MessageFlags.Repeat });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = received });
        var points = new List<Point>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            AddHot(rows, points);
    }

    // As values, not as a subquery: then partitions that cannot hold such messages are not even planned for.
    private async Task<(long Position, DateTime Received)> SealedAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select position, received - interval '1 hour' from seal where shard = 0",
            connection
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt64(0), row.GetDateTime(1));
    }

    // rows are buffered whole, so reading a column never waits
    private void AddHot(NpgsqlDataReader row, List<Point> points)
    {
        points.Clear();
        PayloadReader.TryRead(row.GetFieldValue<byte[]>(3), points, out _);
        var time = ChunkPlace.MicrosecondsOf(row.GetDateTime(1));
        var (device, component) = (row.GetInt64(0), row.GetString(2));
        foreach (var point in points)
        {
            if (!_found.TryGetValue(new(device, component, point.Name), out var found))
                continue;
            found.Hot(point.Kind).Add(time, point);
            found.HotHours.Add(ChunkPlace.StartOf(ChunkLevel.Hour, time));
        }
    }

    /// <summary>Takes summaries where they will do, and notes which chunks have to be unpacked.</summary>
    public async Task FindChunksAsync(IReadOnlyDictionary<SeriesId, ISeriesTarget> targets, CancellationToken ct)
    {
        var numbered = await NumberAsync(ct);
        if (numbered.Count == 0)
            return;
        await using var command = new NpgsqlCommand(
            """
            select w.n, c.level, c.start, c.kind, c.part, c.n, c.min, c.max, c.sum, c.first, c.last
            from unnest($1, $2) with ordinality as w (device_key, signal_id, n)
            cross join lateral (
              select level, start, kind, part, n, min, max, sum, first, last
              from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 0 and start >= $3 and start < $6
              union all
              select level, start, kind, part, n, min, max, sum, first, last
              from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 1 and start >= $4 and start < $6
              union all
              select level, start, kind, part, n, min, max, sum, first, last
              from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 2 and start >= $5 and start < $6
            ) c
            order by w.n, c.level, c.start
            """,
            connection
        );
        command.Parameters.Add(Array(numbered.Select(n => n.Series.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(numbered.Select(n => n.Signal), NpgsqlDbType.Integer));
        foreach (var level in Enum.GetValues<ChunkLevel>())
            command.Parameters.Add(Time(ChunkPlace.StartOf(level, _from)));
        command.Parameters.Add(Time(_to));
        var stretch = new List<ChunkHead>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (of, signal) = numbered[(int)rows.GetInt64(0) - 1];
            var place = new ChunkPlace(
                0,
                of.DeviceKey,
                signal,
                (PointKind)rows.GetInt16(3),
                (ChunkLevel)rows.GetInt16(1),
                ChunkPlace.MicrosecondsOf(rows.GetDateTime(2))
            );
            var head = new ChunkHead(of, place, rows.GetInt16(4), rows.GetInt32(5), SummaryOf(rows));
            if (stretch.Count > 0 && !head.IsOfStretchOf(stretch[0]))
                Take(stretch, targets);
            stretch.Add(head);
        }
        Take(stretch, targets);
    }

    /// <summary>Reads the points of the chunks that were noted.</summary>
    public async Task UnpackAsync(CancellationToken ct)
    {
        foreach (var some in _toUnpack.Chunk(500))
            await UnpackAsync(some, ct);
    }

    public void HandOut(IReadOnlyDictionary<SeriesId, ISeriesTarget> targets)
    {
        foreach (var (of, found) in _found)
        {
            foreach (var points in found.All())
            {
                points.Sort();
                var from = LowerBound(points.Times, _from);
                var to = LowerBound(points.Times, _to);
                if (to > from)
                    targets[of].Add(points, from, to - from);
            }
        }
    }

    private void Take(List<ChunkHead> stretch, IReadOnlyDictionary<SeriesId, ISeriesTarget> targets)
    {
        if (stretch is [{ Summary: { } summary } only] && IsWhole(only.Place) && !IsHot(only))
        {
            var target = targets[only.Series];
            if (target.TakesSummary(only.Place.Start, only.Place.End))
            {
                target.Add(only.Place.Start, only.Count, summary);
                stretch.Clear();
                return;
            }
        }
        _toUnpack.AddRange(stretch.Select(h => (h.Series, h.Place, h.Part)));
        stretch.Clear();
    }

    private bool IsWhole(ChunkPlace place) => place.Start >= _from && place.End <= _to;

    // A point that is not sealed may be one that is sealed already, sent again.
    private bool IsHot(ChunkHead head) =>
        _found[head.Series].HotHours.Any(h => h >= head.Place.Start && h < head.Place.End);

    private async Task UnpackAsync((SeriesId Series, ChunkPlace Place, short Part)[] chunks, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select p.n, c.data
            from unnest($1, $2, $3, $4, $5, $6) with ordinality
              as p (device_key, signal_id, level, start, kind, part, n)
            join chunk c using (device_key, signal_id, level, start, kind, part)
            """,
            connection
        );
        command.Parameters.Add(Array(chunks.Select(c => c.Place.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(chunks.Select(c => c.Place.SignalId), NpgsqlDbType.Integer));
        command.Parameters.Add(Array(chunks.Select(c => (short)c.Place.Level), NpgsqlDbType.Smallint));
        command.Parameters.Add(Array(chunks.Select(c => ChunkPlace.TimeOf(c.Place.Start)), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Array(chunks.Select(c => (short)c.Place.Kind), NpgsqlDbType.Smallint));
        command.Parameters.Add(Array(chunks.Select(c => c.Part), NpgsqlDbType.Smallint));
        var unpacked = new Dictionary<PointKind, ChunkPoints>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (of, place, _) = chunks[rows.GetInt64(0) - 1];
            if (!unpacked.TryGetValue(place.Kind, out var points))
                unpacked[place.Kind] = points = new(place.Kind);
            _codec.Read(Data(rows), points);
            _found[of].Sealed(place.Kind).Add(points);
        }
    }

    private static byte[] Data(NpgsqlDataReader row) => row.GetFieldValue<byte[]>(1);

    /// <summary>Those whose name has been sealed once.</summary>
    private async Task<List<(SeriesId Series, int Signal)>> NumberAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select component, name, signal_id from signal where digest = any($1)",
            connection
        );
        command.Parameters.Add(
            Array(series.Select(s => (s.Component, s.Name)).Distinct().Select(SignalTable.Digest), NpgsqlDbType.Bytea)
        );
        var numbers = new Dictionary<(string, string), int>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
                numbers[(rows.GetString(0), rows.GetString(1))] = rows.GetInt32(2);
        }
        return [.. series.Select(s => (s, numbers.GetValueOrDefault((s.Component, s.Name)))).Where(n => n.Item2 != 0)];
    }

    private static NumberSummary? SummaryOf(NpgsqlDataReader rows) =>
        rows.IsDBNull(6)
            ? null
            : new(rows.GetDouble(6), rows.GetDouble(7), rows.GetDouble(8), rows.GetDouble(9), rows.GetDouble(10));

    private static int LowerBound(ReadOnlySpan<long> times, long time)
    {
        int low = 0,
            high = times.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static NpgsqlParameter Time(long microseconds) =>
        new NpgsqlParameter<DateTime> { TypedValue = ChunkPlace.TimeOf(microseconds) };

    private static NpgsqlParameter<T[]> Array<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };

    private sealed record ChunkHead(SeriesId Series, ChunkPlace Place, short Part, int Count, NumberSummary? Summary)
    {
        public bool IsOfStretchOf(ChunkHead other) =>
            Series == other.Series && Place.Level == other.Place.Level && Place.Start == other.Place.Start;
    }

    private sealed class Found
    {
        private readonly Dictionary<PointKind, ChunkPoints> _sealed = [];
        private readonly Dictionary<PointKind, ChunkPoints> _hot = [];

        public HashSet<long> HotHours { get; } = [];

        /// <summary>In the order of kinds; of one kind and time, what was sealed stands before what came since.</summary>
        public IEnumerable<ChunkPoints> All()
        {
            foreach (var (kind, points) in _hot)
                Sealed(kind).Add(points);
            return _sealed.OrderBy(s => s.Key).Select(s => s.Value);
        }

        public ChunkPoints Sealed(PointKind kind) => Of(_sealed, kind);

        public ChunkPoints Hot(PointKind kind) => Of(_hot, kind);

        private static ChunkPoints Of(Dictionary<PointKind, ChunkPoints> all, PointKind kind)
        {
            if (!all.TryGetValue(kind, out var points))
                all[kind] = points = new(kind);
            return points;
        }
    }
}
