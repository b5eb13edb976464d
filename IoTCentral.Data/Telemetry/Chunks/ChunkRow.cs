using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>A row of <c>chunk</c>.</summary>
/// <param name="Part">The first one is 0.</param>
/// <param name="Summary">Null where values have none (texts, locations).</param>
internal sealed record ChunkRow(ChunkPlace Place, short Part, int Count, NumberSummary? Summary, byte[] Data);
