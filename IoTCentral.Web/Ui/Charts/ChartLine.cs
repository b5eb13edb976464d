namespace IoTCentral.Web.Ui.Charts;

/// <summary>What a line shows and how.</summary>
public sealed record ChartSeries
{
    /// <summary>Unique in its chart; live samples name it.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Series of one unit share a scale; the first unit is drawn left, the second right.</summary>
    public string? Unit { get; init; }

    /// <summary>Against the axis on the right, with a scale of its own even when another series has the same unit.</summary>
    public bool IsOnRight { get; init; }

    /// <summary>1–8; <see cref="SeriesColors"/> gives a device the same one on the whole page.</summary>
    public int Color { get; init; } = 1;

    /// <summary>Dashed: a second use of the same colour.</summary>
    public bool IsDashed { get; init; }

    /// <summary>The value holds until the next one (states, set points).</summary>
    public bool IsStep { get; init; }

    /// <summary>Digits after the point; null: as the size of the value deserves.</summary>
    public int? Decimals { get; init; }
}

/// <summary>A sample; a null value is a gap that the line does not cross.</summary>
public readonly record struct ChartPoint(DateTimeOffset Time, double? Value);

/// <summary>A series and its history in the order of time.</summary>
public sealed record ChartLine(ChartSeries Series, IReadOnlyList<ChartPoint> Points);

/// <summary>A dashed line across the chart, such as the limit of a rule.</summary>
/// <param name="Name">Written on the line, before the value: "limit".</param>
/// <param name="Unit">Whose scale it belongs to; null: the first series'.</param>
public sealed record ChartLimit(string Name, double Value, string? Unit = null, Tone Tone = Tone.Critical);

/// <summary>A soft band behind the lines, such as the time of an alert.</summary>
/// <param name="To">Null: until now.</param>
public sealed record ChartBand(DateTimeOffset From, DateTimeOffset? To, Tone Tone = Tone.Critical);
