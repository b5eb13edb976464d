using IoTCentral.Core.Telemetry.Packs;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>Which pack: its key.</summary>
internal readonly record struct PackKey(
    int TenantId,
    long DeviceKey,
    DateTime Last,
    DateTime First,
    DateTime Received,
    long Position
);

/// <summary>Makes fuller packs of the small ones that devices with few messages have of a day.</summary>
internal sealed class PackMerge(SystemDb db, TimeProvider time)
{
    // Of a quarter of what fits; a fuller one gains little.
    private const int Small = PackCodec.MostMessages / 4;
    private const int MostPacks = 100_000;
    private const int AtOnce = 1_000;

    /// <summary>Small packs written on this day, of devices that have several, device by device.</summary>
    public async Task<IReadOnlyList<PackKey>> FindAsync(DateOnly day, CancellationToken ct)
    {
        await using var command = db.Source.CreateCommand(
            """
            select tenant_id, device_key, last, first, received, position
            from (
              select *, count(*) over (partition by tenant_id, device_key) as packs
              from message_pack
              where written = $1 and n < $2
            ) p
            where packs > 1
            order by tenant_id, device_key, last
            limit $3
            """
        );
        command.CommandTimeout = 0; // as long as there is to read; the token ends it
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Small });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostPacks });
        var keys = new List<PackKey>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            keys.Add(
                new(
                    rows.GetInt32(0),
                    rows.GetInt64(1),
                    rows.GetDateTime(2),
                    rows.GetDateTime(3),
                    rows.GetDateTime(4),
                    rows.GetInt64(5)
                )
            );
        return keys;
    }

    /// <summary>Merges some of them, in one transaction; those that are still to do.</summary>
    public async Task<IReadOnlyList<PackKey>> MergeAsync(IReadOnlyList<PackKey> packs, CancellationToken ct)
    {
        var end = Math.Min(AtOnce, packs.Count);
        // a device's go together
        while (end < packs.Count && packs[end].DeviceKey == packs[end - 1].DeviceKey)
            end++;
        PackKey[] some = [.. packs.Take(end)];
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // who deletes a device's data holds it, so that nothing of it is written anew
        await using (var seal = new NpgsqlCommand("select position from seal where shard = 0 for update", connection))
            await seal.ExecuteScalarAsync(ct);
        // what is merged is of a day that is over, and stays as long as if it had not been
        var writer = new PackWriter(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var codec = new PackCodec();
        var messages = new MessageColumns();
        foreach (var (tenant, device, data) in await TakeAsync(connection, some, ct))
        {
            foreach (var message in codec.Read(data))
                messages.Add(tenant, device, message);
        }
        foreach (var places in DeviceSlices.Of(messages))
            await writer.WriteAsync(connection, messages, places, ct);
        await writer.FlushAsync(connection, ct);
        await transaction.CommitAsync(ct);
        return [.. packs.Skip(end)];
    }

    // What another server has merged in the meantime is gone already.
    private static async Task<List<(int Tenant, long Device, byte[] Data)>> TakeAsync(
        NpgsqlConnection connection,
        PackKey[] packs,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(
            """
            with taken as (
              delete from message_pack p
              using unnest($1, $2, $3, $4, $5, $6) as m (tenant_id, device_key, last, first, received, position)
              where p.tenant_id = m.tenant_id and p.device_key = m.device_key and p.last = m.last
                and p.first = m.first and p.received = m.received and p.position = m.position
              returning p.tenant_id, p.device_key, p.data
            )
            select * from taken order by tenant_id, device_key
            """,
            connection
        );
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.TenantId), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.Last), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.First), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.Received), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(packs.Select(p => p.Position), NpgsqlDbType.Bigint));
        var taken = new List<(int, long, byte[])>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            taken.Add((rows.GetInt32(0), rows.GetInt64(1), Data(rows)));
        return taken;
    }

    private static byte[] Data(NpgsqlDataReader row) => row.GetFieldValue<byte[]>(2);
}
