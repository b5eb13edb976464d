using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Bench.Store;

/// <summary>The yardstick of questions: a row a point, partitioned by day, one B-tree (series, time); PostgreSQL aggregates.</summary>
internal sealed class PlainTable(NpgsqlConnection connection)
{
    public const string Create = """
        create table bench_plain (series bigint not null, ts timestamptz not null, value float8 not null) partition by range (ts);
        do $$
        begin
          for d in 0..40 loop
            execute format('create table bench_plain_%s partition of bench_plain for values from (%L) to (%L)',
              d, timestamptz '2026-05-25 00:00Z' + d * interval '1 day', timestamptz '2026-05-25 00:00Z' + (d + 1) * interval '1 day');
          end loop;
        end $$;
        """;
    public const string Index = "create index on bench_plain (series, ts)";
    public const string Copy = "copy bench_plain (series, ts, value) from stdin (format binary)";

    /// <returns>How many rows came.</returns>
    public async Task<int> QueryAsync(long[] series, DateTimeOffset from, TimeSpan? bucket, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            bucket is null
                ? "select series, ts, value from bench_plain where series = any($1) and ts >= $2 and ts < $3 order by series, ts"
                : """
                select series, date_bin($4, ts, timestamptz '2000-01-01Z') b, count(*), min(value), max(value), sum(value)
                from bench_plain where series = any($1) and ts >= $2 and ts < $3
                group by series, b order by series, b
                """,
            connection
        );
        command.Parameters.Add(
            new NpgsqlParameter<long[]> { TypedValue = series, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }
        );
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = StoreData.End.UtcDateTime });
        if (bucket is { } width)
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = width });
        var rows = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows++;
        return rows;
    }
}
