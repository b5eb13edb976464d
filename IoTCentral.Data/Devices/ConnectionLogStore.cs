using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Devices;

/// <summary>Connection logs: written by the hub across tenants, read inside one.</summary>
internal sealed class ConnectionLogStore(TenantDb db, SystemDb system) : IConnectionLogStore
{
    private const string Columns =
        "tenant_id, id, device_key, device_id, at, kind, code, detail, address, protocol, proof, client, group_id, count, run";

    static ConnectionLogStore() => EnumText<ConnectionEvent>.Register();

    public async Task AddAsync(
        IReadOnlyList<ConnectionLogEntry> entries,
        IReadOnlyList<ConnectionAttempt> attempts,
        CancellationToken ct
    )
    {
        if (entries.Count > 0)
            await AddEntriesAsync(entries, ct);
        if (attempts.Count > 0)
            await AddAttemptsAsync(attempts, ct);
    }

    public Task<IReadOnlyList<ConnectionLogEntry>> OfDeviceAsync(
        TenantId tenant,
        string deviceId,
        long? before,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<ConnectionLogEntry>(
            tenant,
            $"""
            select {Columns} from connection_log where device_id = @deviceId and id < @before order by id desc limit @limit
            """,
            new
            {
                deviceId,
                before = before ?? long.MaxValue,
                limit,
            },
            ct
        );

    public Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
        TenantId tenant,
        string? groupId,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<ConnectionLogEntry>(
            tenant,
            $"""
            select {Columns} from connection_log l where device_key is null and kind = @kind and at >= @since
              and (@groupId::text is null or group_id is null or group_id = @groupId)
              and not exists (select from device d where d.id = l.device_id)
            order by id desc limit @limit
            """,
            new
            {
                kind = EnumText<ConnectionEvent>.Text(ConnectionEvent.Refused),
                groupId,
                since,
                limit,
            },
            ct
        );

    public Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
        AttemptFilter filter,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    ) =>
        system.QueryAsync<ConnectionAttempt>(
            """
            select id, at, address, id_scope, device_id, code, detail, protocol, client from connection_attempt
            where at >= @since
              and (@all or device_id = @DeviceId or id_scope = @IdScope or address = @Address)
            order by id desc limit @limit
            """,
            new
            {
                since,
                limit,
                all = filter == AttemptFilter.All,
                filter.DeviceId,
                filter.IdScope,
                filter.Address,
            },
            ct
        );

    public async Task DeleteBeforeAsync(
        DateTimeOffset lines,
        DateTimeOffset attempts,
        int keepAttempts,
        CancellationToken ct
    )
    {
        await system.ExecuteAsync("delete from connection_log where at < @lines and tenant_id > 0", new { lines }, ct);
        await system.ExecuteAsync(
            """
            delete from connection_attempt where at < @attempts
              or id <= (select id from connection_attempt order by id desc offset @keepAttempts limit 1)
            """,
            new { attempts, keepAttempts },
            ct
        );
    }

    private Task<int> AddEntriesAsync(IReadOnlyList<ConnectionLogEntry> entries, CancellationToken ct) =>
        system.ExecuteAsync(
            """
            insert into connection_log (tenant_id, device_key, device_id, at, kind, code, detail, address, protocol,
              proof, client, group_id, count, run)
            select * from unnest(@tenants, @keys, @ids, @ats, @kinds, @codes, @details, @addresses, @protocols,
              @proofs, @clients, @groups, @counts, @runs)
            on conflict (tenant_id, run) where run is not null do update set count = excluded.count
            """,
            new
            {
                tenants = entries.Select(e => e.TenantId.Value).ToArray(),
                keys = entries.Select(e => e.DeviceKey).ToArray(),
                ids = entries.Select(e => e.DeviceId).ToArray(),
                ats = entries.Select(e => e.At).ToArray(),
                kinds = entries.Select(e => EnumText<ConnectionEvent>.Text(e.Kind)).ToArray(),
                codes = entries.Select(e => e.Code).ToArray(),
                details = entries.Select(e => Storable(e.Detail)).ToArray(),
                addresses = entries.Select(e => e.Address).ToArray(),
                protocols = entries.Select(e => e.Protocol).ToArray(),
                proofs = entries.Select(e => Storable(e.Proof)).ToArray(),
                clients = entries.Select(e => Storable(e.Client)).ToArray(),
                groups = entries.Select(e => e.GroupId).ToArray(),
                counts = entries.Select(e => e.Count).ToArray(),
                runs = entries.Select(e => e.Run).ToArray(),
            },
            ct
        );

    private Task<int> AddAttemptsAsync(IReadOnlyList<ConnectionAttempt> attempts, CancellationToken ct) =>
        system.ExecuteAsync(
            """
            insert into connection_attempt (at, address, id_scope, device_id, code, detail, protocol, client)
            select * from unnest(@ats, @addresses, @scopes, @ids, @codes, @details, @protocols, @clients)
            """,
            new
            {
                ats = attempts.Select(a => a.At).ToArray(),
                addresses = attempts.Select(a => a.Address).ToArray(),
                scopes = attempts.Select(a => Storable(a.IdScope)).ToArray(),
                ids = attempts.Select(a => Storable(a.DeviceId)).ToArray(),
                codes = attempts.Select(a => a.Code).ToArray(),
                details = attempts.Select(a => Storable(a.Detail)).ToArray(),
                protocols = attempts.Select(a => a.Protocol).ToArray(),
                clients = attempts.Select(a => Storable(a.Client)).ToArray(),
            },
            ct
        );

    /// <summary>Strangers' text: text columns refuse U+0000, and nobody reads more than this.</summary>
    private static string? Storable(string? text) =>
        text?.Replace('\0', '\uFFFD') is not { } clean ? null
        : clean.Length > 1000 ? clean[..1000]
        : clean;
}
