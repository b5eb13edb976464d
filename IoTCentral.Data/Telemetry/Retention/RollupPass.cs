using Dapper;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Chunks;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Retention;

/// <summary>
/// Makes hourly sums of numbers whose points are past their time, and deletes those: in one transaction, so that they are
/// either points or sums.
/// </summary>
internal sealed class RollupPass(SystemDb db)
{
    private const int MostStretches = 100_000;
    private const int AtOnce = 200;

    // what a clock dates ahead is not history, and goes without
    private const string Past =
        $"c.kind = any(@numeric) and c.written < @before::date and {ChunkPlace.EndInSql} <= @before";

    private static readonly short[] Numeric = [(short)PointKind.Number, (short)PointKind.Boolean];

    /// <param name="before">First day that stays.</param>
    public async Task RunAsync(RetentionScope scope, DateOnly before, CancellationToken ct)
    {
        var args = new DynamicParameters(scope.Args);
        args.Add("before", before.ToDateTime(default, DateTimeKind.Utc));
        args.Add("numeric", Numeric);
        while (true)
        {
            var found = await FindAsync(scope, args, ct);
            foreach (var some in found.Chunk(AtOnce))
                await RollUpAsync(scope, args, some, ct);
            if (found.Count < MostStretches)
                return;
        }
    }

    private async Task<IReadOnlyList<StretchRow>> FindAsync(
        RetentionScope scope,
        DynamicParameters args,
        CancellationToken ct
    ) =>
        await db.QueryAsync<StretchRow>(
            $"""
            select distinct c.tenant_id, c.device_key, c.signal_id,
              date_bin('{ChunkPlace.MonthInSql}', c.start, timestamptz '1970-01-01Z') as start
            from chunk c
            where {Past} and {scope.Condition}
            limit {MostStretches}
            """,
            args,
            ct
        );

    private async Task RollUpAsync(
        RetentionScope scope,
        DynamicParameters scoped,
        IReadOnlyList<StretchRow> stretches,
        CancellationToken ct
    )
    {
        var args = new DynamicParameters(scoped);
        args.Add("tenants", stretches.Select(s => s.TenantId).ToArray());
        args.Add("devices", stretches.Select(s => s.DeviceKey).ToArray());
        args.Add("signals", stretches.Select(s => s.SignalId).ToArray());
        args.Add("starts", stretches.Select(s => s.Start).ToArray());
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // a pass that seals has read what it writes anew
        await connection.ExecuteAsync(Command("select from seal where shard = 0 for update", null, transaction, ct));
        var taken = await TakeAsync(connection, transaction, scope, args, ct);
        if (taken.Count > 0)
        {
            await AddKnownAsync(connection, transaction, args, taken, ct);
            await StoreAsync(connection, transaction, taken, ct);
        }
        await transaction.CommitAsync(ct);
    }

    private static async Task<Dictionary<StretchRow, HourSums>> TakeAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        RetentionScope scope,
        DynamicParameters args,
        CancellationToken ct
    )
    {
        var (codec, taken) = (new ChunkCodec(), new Dictionary<StretchRow, HourSums>());
        var points = Numeric.ToDictionary(k => k, k => new ChunkPoints((PointKind)k));
        var rows = connection.QueryUnbufferedAsync<TakenRow>(
            $"""
            delete from chunk c
            using unnest(@tenants, @devices, @signals, @starts) as m (tenant_id, device_key, signal_id, month)
            where c.tenant_id = m.tenant_id and c.device_key = m.device_key and c.signal_id = m.signal_id
              and c.start >= m.month and c.start < m.month + interval '{ChunkPlace.MonthInSql}'
              and {Past} and {scope.Condition}
            returning c.tenant_id, c.device_key, c.signal_id, m.month as start, c.kind, c.data
            """,
            args,
            transaction,
            commandTimeout: 0
        );
        await foreach (var row in rows.WithCancellation(ct))
        {
            var of = points[row.Kind];
            codec.Read(row.Data, of);
            if (!taken.TryGetValue(row.Stretch, out var sums))
                taken[row.Stretch] = sums = new();
            sums.Add(of);
        }
        return taken;
    }

    // Of an hour whose points came late, a part is summed already.
    private static async Task AddKnownAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DynamicParameters args,
        Dictionary<StretchRow, HourSums> taken,
        CancellationToken ct
    )
    {
        var known = await connection.QueryAsync<TakenRow>(
            Command(
                """
                select r.tenant_id, r.device_key, r.signal_id, r.start, r.data
                from unnest(@tenants, @devices, @signals, @starts) as m (tenant_id, device_key, signal_id, start)
                join rollup r using (tenant_id, device_key, signal_id, start)
                """,
                args,
                transaction,
                ct
            )
        );
        var codec = new RollupCodec();
        foreach (var row in known)
        {
            if (!taken.TryGetValue(row.Stretch, out var sums))
                continue;
            foreach (var hour in codec.Read(row.Data))
                sums.Add(hour);
        }
    }

    private static async Task StoreAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Dictionary<StretchRow, HourSums> taken,
        CancellationToken ct
    )
    {
        var (codec, writer) = (new RollupCodec(), new ByteWriter());
        var data = new List<byte[]>(taken.Count);
        var reach = new Dictionary<int, long>();
        foreach (var (stretch, sums) in taken)
        {
            var hours = sums.All;
            writer.Clear();
            codec.Write(writer, hours);
            data.Add(writer.Written.ToArray());
            var end = hours[^1].Start + HourSums.Hour;
            reach[stretch.TenantId] = Math.Max(reach.GetValueOrDefault(stretch.TenantId, end), end);
        }
        await connection.ExecuteAsync(
            Command(
                """
                insert into rollup (tenant_id, device_key, signal_id, start, data)
                select * from unnest(@tenants, @devices, @signals, @starts, @data)
                on conflict (tenant_id, device_key, signal_id, start) do update set data = excluded.data
                """,
                new
                {
                    tenants = taken.Keys.Select(s => s.TenantId).ToArray(),
                    devices = taken.Keys.Select(s => s.DeviceKey).ToArray(),
                    signals = taken.Keys.Select(s => s.SignalId).ToArray(),
                    starts = taken.Keys.Select(s => s.Start).ToArray(),
                    data = data.ToArray(),
                },
                transaction,
                ct
            )
        );
        await connection.ExecuteAsync(
            Command(
                """
                insert into rollup_reach as r (tenant_id, until)
                select * from unnest(@tenants, @until)
                on conflict (tenant_id) do update set until = greatest(r.until, excluded.until)
                """,
                new { tenants = reach.Keys.ToArray(), until = reach.Values.Select(ChunkPlace.TimeOf).ToArray() },
                transaction,
                ct
            )
        );
    }

    private static CommandDefinition Command(
        string sql,
        object? args,
        NpgsqlTransaction transaction,
        CancellationToken ct
    ) => new(sql, args, transaction, commandTimeout: 0, cancellationToken: ct);

    /// <summary>32 days of one series.</summary>
    private sealed record StretchRow
    {
        public int TenantId { get; init; }
        public long DeviceKey { get; init; }
        public int SignalId { get; init; }
        public DateTime Start { get; init; }
    }

    private sealed record TakenRow
    {
        public int TenantId { get; init; }
        public long DeviceKey { get; init; }
        public int SignalId { get; init; }
        public DateTime Start { get; init; }
        public short Kind { get; init; }
        public byte[] Data { get; init; } = [];

        public StretchRow Stretch =>
            new()
            {
                TenantId = TenantId,
                DeviceKey = DeviceKey,
                SignalId = SignalId,
                Start = Start,
            };
    }
}
