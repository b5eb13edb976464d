using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Rows of <c>chunk</c> by their places, many in one statement.</summary>
internal static class ChunkTable
{
    /// <summary>
    /// The last part of each chunk that there is of these stretches, and of the days and months around them; whatever the
    /// kind, since all of a series and a stretch is in one level.
    /// </summary>
    public static async Task<Dictionary<ChunkPlace, ChunkRow>> LoadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<ChunkPlace> stretches,
        CancellationToken ct
    )
    {
        var places = stretches
            .Select(s => s with { Kind = default })
            .SelectMany(s => new[] { s, s.At(ChunkLevel.Day), s.At(ChunkLevel.Month) })
            .Distinct()
            .ToList();
        await using var command = new NpgsqlCommand(
            """
            select p.n, c.kind, c.part, c.n, c.data
            from unnest($1, $2, $3, $4, $5) with ordinality as p (tenant_id, device_key, signal_id, level, start, n)
            cross join lateral (
              select distinct on (kind) kind, part, n, data
              from chunk
              where tenant_id = p.tenant_id and device_key = p.device_key and signal_id = p.signal_id
                and level = p.level and start = p.start
              order by kind, part desc
            ) c
            """,
            connection
        );
        AddPlaces(command, places);
        var rows = new Dictionary<ChunkPlace, ChunkRow>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = Row(reader, places[(int)reader.GetInt64(0) - 1]);
            rows[row.Place] = row;
        }
        return rows;
    }

    // rows are buffered whole, so reading a column never waits
    private static ChunkRow Row(NpgsqlDataReader row, ChunkPlace place) =>
        new(
            place with
            {
                Kind = (PointKind)row.GetInt16(1),
            },
            row.GetInt16(2),
            row.GetInt32(3),
            Summary: null,
            row.GetFieldValue<byte[]>(4)
        );

    public static async Task StoreAsync(
        NpgsqlConnection connection,
        IReadOnlyList<ChunkRow> rows,
        DateOnly today,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
            return;
        await using var command = new NpgsqlCommand(
            """
            insert into chunk as c
              (tenant_id, device_key, signal_id, level, start, kind, part, n, min, max, sum, first, last, data, written)
            select r.*, $15
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as r
            on conflict (tenant_id, device_key, signal_id, level, start, kind, part) do update
            set n = excluded.n, min = excluded.min, max = excluded.max, sum = excluded.sum,
              first = excluded.first, last = excluded.last, data = excluded.data, written = excluded.written
            """,
            connection
        );
        AddPlaces(command, [.. rows.Select(r => r.Place)]);
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => (short)r.Place.Kind), NpgsqlDbType.Smallint));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Part), NpgsqlDbType.Smallint));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Count), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Summary?.Min), NpgsqlDbType.Double));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Summary?.Max), NpgsqlDbType.Double));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Summary?.Sum), NpgsqlDbType.Double));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Summary?.First), NpgsqlDbType.Double));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Summary?.Last), NpgsqlDbType.Double));
        command.Parameters.Add(ArrayParameter.Of(rows.Select(r => r.Data), NpgsqlDbType.Bytea));
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void AddPlaces(NpgsqlCommand command, IReadOnlyList<ChunkPlace> places)
    {
        command.Parameters.Add(ArrayParameter.Of(places.Select(p => p.TenantId), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(places.Select(p => p.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(places.Select(p => p.SignalId), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(places.Select(p => (short)p.Level), NpgsqlDbType.Smallint));
        command.Parameters.Add(
            ArrayParameter.Of(places.Select(p => ChunkPlace.TimeOf(p.Start)), NpgsqlDbType.TimestampTz)
        );
    }
}
