using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>A chunk that a question is about.</summary>
/// <param name="Series">Which of the series that are asked for.</param>
/// <param name="Summary">Null where values have none.</param>
internal sealed record ChunkHead(int Series, ChunkPlace Place, short Part, int Count, NumberSummary? Summary)
{
    /// <summary>Its points, packed; null until they are read.</summary>
    public byte[]? Data { get; set; }

    /// <summary>Its summary will do.</summary>
    public bool IsEnough { get; set; }

    public bool IsOfStretchOf(ChunkHead other) =>
        Series == other.Series && Place.Level == other.Place.Level && Place.Start == other.Place.Start;
}
