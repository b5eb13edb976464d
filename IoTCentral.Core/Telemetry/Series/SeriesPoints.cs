using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Some points of a series, all of one kind, by time.</summary>
public readonly record struct SeriesPoints(SeriesId Series, ChunkPoints Points);
