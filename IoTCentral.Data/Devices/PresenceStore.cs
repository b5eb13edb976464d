using IoTCentral.Core.Devices;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Devices;

/// <summary>Presences of all tenants' devices; written by the hub for whoever is connected to this node.</summary>
internal sealed class PresenceStore(SystemDb db) : IPresenceStore
{
    public async Task<long> BeginEpochAsync(string node, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct)
    {
        // The same name again means that the earlier run is dead, however fresh its heartbeat.
        await db.ExecuteAsync(
            "update node set ended_at = heartbeat_at where name = @node and ended_at is null",
            new { node },
            ct
        );
        var epoch = await db.FindAsync<long>(
            "insert into node (name, started_at, heartbeat_at) values (@node, @now, @now) returning epoch",
            new { node, now },
            ct
        );
        await EndDeadAsync(epoch, now, deadAfter, ct);
        return epoch;
    }

    public async Task HeartbeatAsync(long epoch, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct)
    {
        await db.ExecuteAsync(
            "update node set heartbeat_at = @now, ended_at = null where epoch = @epoch",
            new { epoch, now },
            ct
        );
        await EndDeadAsync(epoch, now, deadAfter, ct);
    }

    public async Task EndEpochAsync(long epoch, DateTimeOffset now, CancellationToken ct)
    {
        await db.ExecuteAsync(
            """
            update device_presence set is_connected = false, disconnected_at = @now
            where is_connected and node_epoch = @epoch and tenant_id > 0
            """,
            new { epoch, now },
            ct
        );
        await db.ExecuteAsync("update node set ended_at = @now where epoch = @epoch", new { epoch, now }, ct);
    }

    public Task SaveAsync(long epoch, IReadOnlyList<PresenceChange> presences, CancellationToken ct) =>
        db.ExecuteAsync(
            """
            insert into device_presence as p (tenant_id, device_key, is_connected, node_epoch, connected_at,
              disconnected_at, last_message_at)
            select d.tenant_id, d.device_key, coalesce(n.is_connected, false),
              case when n.is_connected then @epoch end, n.connected_at, n.disconnected_at, n.last_message_at
            from unnest(@tenants, @keys, @connected, @connectedAt, @disconnectedAt, @lastMessageAt)
              as n(tenant_id, device_key, is_connected, connected_at, disconnected_at, last_message_at)
            join (
              select tenant_id, device_key from device
              union all select tenant_id, module_key from device_module
            ) d on d.tenant_id = n.tenant_id and d.device_key = n.device_key
            on conflict (tenant_id, device_key) do update set
              -- A device that moved to another node is that node's: our late "disconnected" must not end its presence.
              is_connected = case
                when excluded.node_epoch is not null then true
                when excluded.disconnected_at is not null and p.node_epoch = @epoch then false
                else p.is_connected end,
              node_epoch = coalesce(excluded.node_epoch, p.node_epoch),
              connected_at = coalesce(excluded.connected_at, p.connected_at),
              disconnected_at = case
                when excluded.node_epoch is not null or p.node_epoch = @epoch
                then coalesce(excluded.disconnected_at, p.disconnected_at) else p.disconnected_at end,
              last_message_at = greatest(excluded.last_message_at, p.last_message_at)
            """,
            new
            {
                epoch,
                tenants = presences.Select(p => p.TenantId.Value).ToArray(),
                keys = presences.Select(p => p.DeviceKey).ToArray(),
                connected = presences.Select(p => p.IsConnected).ToArray(),
                connectedAt = presences.Select(p => p.ConnectedAt).ToArray(),
                disconnectedAt = presences.Select(p => p.DisconnectedAt).ToArray(),
                lastMessageAt = presences.Select(p => p.LastMessageAt).ToArray(),
            },
            ct
        );

    private async Task EndDeadAsync(long epoch, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct)
    {
        await db.ExecuteAsync(
            "update node set ended_at = heartbeat_at where ended_at is null and epoch <> @epoch and heartbeat_at < @dead",
            new { epoch, dead = now - deadAfter },
            ct
        );
        // What a dead node's devices said last is the best that is known of when they went.
        await db.ExecuteAsync(
            """
            update device_presence p set is_connected = false, disconnected_at = greatest(n.ended_at, p.connected_at)
            from node n
            where p.is_connected and p.tenant_id > 0 and n.epoch = p.node_epoch and n.ended_at is not null
            """,
            null,
            ct
        );
    }
}
