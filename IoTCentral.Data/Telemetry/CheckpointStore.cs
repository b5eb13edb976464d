using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry;

/// <summary>Where durable consumers stand, by consumer and shard.</summary>
internal sealed class CheckpointStore(SystemDb db) : ICheckpointStore
{
    public async Task<long> FindAsync(string consumer, CancellationToken ct) =>
        await db.FindAsync<long>(
            "select position from consumer_checkpoint where consumer = @consumer and shard = 0",
            new { consumer },
            ct
        );

    public Task PutAsync(string consumer, long position, CancellationToken ct) =>
        db.ExecuteAsync(
            """
            insert into consumer_checkpoint (consumer, shard, position) values (@consumer, 0, @position)
            on conflict (consumer, shard) do update set position = excluded.position
            """,
            new { consumer, position },
            ct
        );
}
