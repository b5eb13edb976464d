using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// Makes one chunk of many small ones: the hours of a day, and the days of a month, where all of them together are few
/// points. Series with many points keep their hours, whose summaries answer most questions.
/// </summary>
internal sealed class MergePass(SystemDb db, SignalTable signals, TimeProvider time)
{
    /// <summary>Most points of a merged chunk: about 7 kB, which lie in one page.</summary>
    public const int MostPoints = 3_600;

    private const int MostStretches = 100_000;
    private const int AtOnce = 200;

    /// <summary>
    /// Stretches that are over by the end of this day, of which something was written on it, and which would be one chunk
    /// of a higher level.
    /// </summary>
    /// <param name="tenants">Only theirs; null: of all.</param>
    public async Task<IReadOnlyList<ChunkPlace>> FindAsync(
        DateOnly day,
        ChunkLevel from,
        CancellationToken ct,
        int[]? tenants = null
    )
    {
        await using var command = db.Source.CreateCommand(
            """
            select t.tenant_id, t.device_key, t.signal_id, t.stretch
            from (
              select distinct tenant_id, device_key, signal_id,
                date_bin($3, start, timestamptz '1970-01-01Z') as stretch
              from chunk
              where level = $1 and written = $2 and start < $4 and ($7::int[] is null or tenant_id = any($7))
            ) t
            cross join lateral (
              select count(*) as chunks, sum(n) as points
              from chunk c
              where c.tenant_id = t.tenant_id and c.device_key = t.device_key and c.signal_id = t.signal_id
                and c.level = $1 and c.start >= t.stretch and c.start < t.stretch + $3
            ) s
            where t.stretch + $3 <= $4 and s.chunks > 1 and s.points <= $5
            order by t.tenant_id, t.device_key, t.signal_id
            limit $6
            """
        );
        command.CommandTimeout = 0; // as long as there is to read; the token ends it
        var to = from + 1;
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = LengthOf(to) });
        command.Parameters.Add(
            new NpgsqlParameter<DateTime> { TypedValue = day.AddDays(1).ToDateTime(default, DateTimeKind.Utc) }
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostPoints });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostStretches });
        command.Parameters.Add(
            new NpgsqlParameter
            {
                Value = (object?)tenants ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
            }
        );
        var places = new List<ChunkPlace>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            places.Add(
                new(
                    rows.GetInt32(0),
                    rows.GetInt64(1),
                    rows.GetInt32(2),
                    default,
                    to,
                    ChunkPlace.MicrosecondsOf(rows.GetDateTime(3))
                )
            );
        return places;
    }

    /// <summary>Merges some of them, in one transaction; those that are still to do.</summary>
    public async Task<IReadOnlyList<ChunkPlace>> MergeAsync(IReadOnlyList<ChunkPlace> stretches, CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var seal = new NpgsqlCommand("select position from seal where shard = 0 for update", connection))
            await seal.ExecuteScalarAsync(ct);
        ChunkPlace[] some = [.. stretches.Take(AtOnce)];
        var merged = await TakeAsync(connection, some, ct);
        var known = await ChunkTable.LoadAsync(connection, [.. merged.Keys], ct);
        var writer = new ChunkWriter(signals, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var rows = new List<ChunkRow>();
        foreach (var (place, points) in merged)
            writer.Merge(rows, place, known.GetValueOrDefault(place), [points]);
        await ChunkTable.StoreAsync(connection, rows, writer.Today, ct);
        await transaction.CommitAsync(ct);
        return [.. stretches.Skip(AtOnce)];
    }

    /// <summary>Takes the smaller chunks away, and what was in them by stretch and kind.</summary>
    private static async Task<Dictionary<ChunkPlace, ChunkPoints>> TakeAsync(
        NpgsqlConnection connection,
        ChunkPlace[] stretches,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(
            """
            with taken as (
              delete from chunk c
              using unnest($1, $2, $3, $4) as m (tenant_id, device_key, signal_id, stretch)
              where c.tenant_id = m.tenant_id and c.device_key = m.device_key and c.signal_id = m.signal_id
                and c.level = $5 and c.start >= m.stretch and c.start < m.stretch + $6
              returning c.tenant_id, c.device_key, c.signal_id, c.kind, m.stretch, c.data, c.start, c.part
            )
            select * from taken
            order by tenant_id, device_key, signal_id, kind, start, part
            """,
            connection
        );
        var to = stretches[0].Level;
        command.Parameters.Add(ArrayParameter.Of(stretches.Select(s => s.TenantId), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(stretches.Select(s => s.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(stretches.Select(s => s.SignalId), NpgsqlDbType.Integer));
        command.Parameters.Add(
            ArrayParameter.Of(stretches.Select(s => ChunkPlace.TimeOf(s.Start)), NpgsqlDbType.TimestampTz)
        );
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)(to - 1) });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = LengthOf(to) });
        var codec = new ChunkCodec();
        var merged = new Dictionary<ChunkPlace, ChunkPoints>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            Add(rows, to, codec, merged);
        return merged;
    }

    // rows are buffered whole, so reading a column never waits
    private static void Add(
        NpgsqlDataReader row,
        ChunkLevel level,
        ChunkCodec codec,
        Dictionary<ChunkPlace, ChunkPoints> merged
    )
    {
        var kind = (PointKind)row.GetInt16(3);
        var start = ChunkPlace.MicrosecondsOf(row.GetDateTime(4));
        var place = new ChunkPlace(row.GetInt32(0), row.GetInt64(1), row.GetInt32(2), kind, level, start);
        var points = new ChunkPoints(kind);
        codec.Read(row.GetFieldValue<byte[]>(5), points);
        if (!merged.TryAdd(place, points))
            merged[place].Add(points);
    }

    private static TimeSpan LengthOf(ChunkLevel level) =>
        TimeSpan.FromTicks(ChunkPlace.Length(level) * TimeSpan.TicksPerMicrosecond);
}
