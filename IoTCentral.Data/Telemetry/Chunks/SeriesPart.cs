using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Reads as many of the series as fit into one question.</summary>
internal sealed class SeriesPart(TenantSnapshot snapshot, SeriesQuery query, SeriesId[] series, ISeriesTarget[] targets)
{
    private const int UnpackedAtOnce = 1_000;

    private readonly long _from = ChunkPlace.MicrosecondsOf(query.ReadFrom.UtcDateTime);
    private readonly long _begin = ChunkPlace.MicrosecondsOf(query.From.UtcDateTime);
    private readonly long _to = ChunkPlace.MicrosecondsOf(query.To.UtcDateTime);

    // A shorter bucket never holds the whole of a chunk.
    private readonly bool _maySumUp = !query.NeedsPoints && (query.IsWhole || query.Bucket >= TimeSpan.FromHours(1));

    // Of deleted points there are sums, which tell nothing about states.
    private readonly bool _hasRollups = !query.IsRaw && query.State is null;
    private readonly byte[][] _digests = [.. series.Select(s => SignalTable.Digest((s.Component, s.Name)))];
    private readonly HotPoints[] _hot = [.. series.Select(_ => new HotPoints())];

    public async Task RunAsync(bool isLast, CancellationToken ct)
    {
        await using var rows = await snapshot.AskAsync(
            _hasRollups ? [HotCommand(), RollupsCommand(), ChunksCommand()] : [HotCommand(), ChunksCommand()],
            isLast: isLast && !_maySumUp,
            ct
        );
        await ReadHotAsync(rows, ct);
        await rows.NextResultAsync(ct);
        if (_hasRollups)
        {
            await ReadRollupsAsync(rows, ct);
            await rows.NextResultAsync(ct);
        }
        if (!_maySumUp)
        {
            await HandOutAsync(rows, ct);
            return;
        }
        var heads = await HeadsAsync(rows, ct);
        await rows.DisposeAsync();
        await UnpackAsync([.. heads.Where(h => !h.IsEnough)], isLast, ct);
        var hand = new StretchHand(_from, _to, targets, _hot);
        foreach (var head in heads)
            hand.Take(head);
        hand.End();
    }

    private NpgsqlBatchCommand HotCommand() =>
        new(
            """
            select device_key, message_time, component, body
            from message_log
            where device_key = any($1) and position > (select position from seal where shard = 0)
              and message_time >= $2 and message_time < $3 and flags & $4 = 0
            order by position
            """
        )
        {
            Parameters =
            {
                ArrayParameter.Of(series.Select(s => s.DeviceKey).Distinct(), NpgsqlDbType.Bigint),
                new NpgsqlParameter<DateTime> { TypedValue = query.ReadFrom.UtcDateTime },
                new NpgsqlParameter<DateTime> { TypedValue = query.To.UtcDateTime },
                new NpgsqlParameter<short> { TypedValue = (short)MessageFlags.Repeat },
            },
        };

    // An application whose points of this range are all there is asked nothing more.
    private NpgsqlBatchCommand RollupsCommand() =>
        new(
            """
            select w.n, r.data
            from unnest($1::bigint[], $2::bytea[]) with ordinality as w (device_key, digest, n)
            join signal s using (digest)
            join rollup r on r.device_key = w.device_key and r.signal_id = s.signal_id and r.start >= $3 and r.start < $4
            where exists (select from rollup_reach where until > $5)
            order by w.n, r.start
            """
        )
        {
            Parameters =
            {
                ArrayParameter.Of(series.Select(s => s.DeviceKey), NpgsqlDbType.Bigint),
                ArrayParameter.Of(_digests, NpgsqlDbType.Bytea),
                Time(ChunkPlace.StartOf(ChunkLevel.Month, _begin)),
                Time(_to),
                Time(_begin),
            },
        };

    private async Task ReadRollupsAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var codec = new RollupCodec();
        while (await rows.ReadAsync(ct))
        {
            var target = targets[rows.GetInt64(0) - 1];
            foreach (var hour in codec.Read(Data(rows)))
            {
                if (hour.Start >= _begin && hour.Start < _to)
                    target.Add(hour);
            }
        }
    }

    private NpgsqlBatchCommand ChunksCommand()
    {
        var columns = "level, start, kind, part, n, min, max, sum, first, last";
        // the index alone has the columns of a summary
        var all = _maySumUp ? columns : columns + ", data";
        var command = new NpgsqlBatchCommand(
            $"""
            select w.n, w.signal_id, c.*
            from (
              select w.device_key, s.signal_id, w.n
              from unnest($1::bigint[], $2::bytea[]) with ordinality as w (device_key, digest, n)
              join signal s using (digest)
            ) w
            cross join lateral (
              select {all} from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 0 and start >= $3 and start < $6
              union all
              select {all} from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 1 and start >= $4 and start < $6
              union all
              select {all} from chunk
              where device_key = w.device_key and signal_id = w.signal_id and level = 2 and start >= $5 and start < $6
            ) c
            order by w.n, c.start, c.kind, c.part
            """
        );
        command.Parameters.Add(ArrayParameter.Of(series.Select(s => s.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(_digests, NpgsqlDbType.Bytea));
        foreach (var level in Enum.GetValues<ChunkLevel>())
            command.Parameters.Add(Time(ChunkPlace.StartOf(level, _from)));
        command.Parameters.Add(Time(_to));
        return command;
    }

    private async Task ReadHotAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var places = Enumerable.Range(0, series.Length).ToDictionary(i => series[i]);
        var points = new List<Point>();
        while (await rows.ReadAsync(ct))
            AddHot(rows, places, points);
        foreach (var hot in _hot)
            hot.Sort();
    }

    // rows are buffered whole, so reading a column never waits
    private void AddHot(NpgsqlDataReader row, Dictionary<SeriesId, int> places, List<Point> points)
    {
        points.Clear();
        PayloadReader.TryRead(row.GetFieldValue<byte[]>(3), points, out _);
        var time = ChunkPlace.MicrosecondsOf(row.GetDateTime(1));
        var (device, component) = (row.GetInt64(0), row.GetString(2));
        foreach (var point in points)
        {
            if (places.TryGetValue(new(device, component, point.Name), out var place))
                _hot[place].Add(time, point);
        }
    }

    private async Task HandOutAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var hand = new StretchHand(_from, _to, targets, _hot);
        while (await rows.ReadAsync(ct))
            hand.Take(Head(rows, hasData: true));
        hand.End();
    }

    /// <summary>Of each chunk, marked where its summary will do.</summary>
    private async Task<List<ChunkHead>> HeadsAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var heads = new List<ChunkHead>();
        var stretch = 0;
        while (await rows.ReadAsync(ct))
        {
            var head = Head(rows, hasData: false);
            if (stretch < heads.Count && !head.IsOfStretchOf(heads[stretch]))
            {
                Mark(heads, stretch);
                stretch = heads.Count;
            }
            heads.Add(head);
        }
        Mark(heads, stretch);
        return heads;
    }

    private void Mark(List<ChunkHead> heads, int stretch)
    {
        if (heads.Count - stretch != 1)
            return;
        var only = heads[stretch];
        only.IsEnough =
            only.Summary is not null
            && only.Place.Start >= _from
            && only.Place.End <= _to
            // a point that is not sealed may be one that is sealed already, sent again
            && !_hot[only.Series].HasAny(only.Place.Start, only.Place.End)
            && targets[only.Series].TakesSummary(only.Place.Start, only.Place.End);
    }

    private ChunkHead Head(NpgsqlDataReader row, bool hasData)
    {
        var of = (int)row.GetInt64(0) - 1;
        var place = new ChunkPlace(
            0,
            series[of].DeviceKey,
            row.GetInt32(1),
            (PointKind)row.GetInt16(4),
            (ChunkLevel)row.GetInt16(2),
            ChunkPlace.MicrosecondsOf(row.GetDateTime(3))
        );
        NumberSummary? summary = row.IsDBNull(7)
            ? null
            : new(row.GetDouble(7), row.GetDouble(8), row.GetDouble(9), row.GetDouble(10), row.GetDouble(11));
        return new(of, place, row.GetInt16(5), row.GetInt32(6), summary)
        {
            Data = hasData ? row.GetFieldValue<byte[]>(12) : null,
        };
    }

    private async Task UnpackAsync(ChunkHead[] heads, bool isLast, CancellationToken ct)
    {
        for (var from = 0; from < heads.Length; from += UnpackedAtOnce)
        {
            var some = heads[from..Math.Min(from + UnpackedAtOnce, heads.Length)];
            await using var rows = await snapshot.AskAsync(
                [DataCommand(some)],
                isLast: isLast && from + UnpackedAtOnce >= heads.Length,
                ct
            );
            while (await rows.ReadAsync(ct))
                some[rows.GetInt64(0) - 1].Data = Data(rows);
        }
    }

    private static NpgsqlBatchCommand DataCommand(ChunkHead[] heads) =>
        new(
            """
            select p.n, c.data
            from unnest($1, $2, $3, $4, $5, $6) with ordinality
              as p (device_key, signal_id, level, start, kind, part, n)
            join chunk c using (device_key, signal_id, level, start, kind, part)
            """
        )
        {
            Parameters =
            {
                ArrayParameter.Of(heads.Select(c => c.Place.DeviceKey), NpgsqlDbType.Bigint),
                ArrayParameter.Of(heads.Select(c => c.Place.SignalId), NpgsqlDbType.Integer),
                ArrayParameter.Of(heads.Select(c => (short)c.Place.Level), NpgsqlDbType.Smallint),
                ArrayParameter.Of(heads.Select(c => ChunkPlace.TimeOf(c.Place.Start)), NpgsqlDbType.TimestampTz),
                ArrayParameter.Of(heads.Select(c => (short)c.Place.Kind), NpgsqlDbType.Smallint),
                ArrayParameter.Of(heads.Select(c => c.Part), NpgsqlDbType.Smallint),
            },
        };

    private static byte[] Data(NpgsqlDataReader row) => row.GetFieldValue<byte[]>(1);

    private static NpgsqlParameter Time(long microseconds) =>
        new NpgsqlParameter<DateTime> { TypedValue = ChunkPlace.TimeOf(microseconds) };
}
