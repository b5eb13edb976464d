namespace IoTCentral.Web.Ui.Charts;

/// <summary>What timechart.js draws; times in milliseconds since 1970, spans in milliseconds, 0 for none.</summary>
internal sealed record ChartOptions(
    IReadOnlyList<SeriesOptions> Series,
    IReadOnlyList<LimitOptions> Limits,
    IReadOnlyList<BandOptions> Bands,
    double From,
    double To,
    double Window,
    double Gap,
    string? Zone,
    string? Sync
);

internal sealed record SeriesOptions(
    string Name,
    string Unit,
    int Color,
    int? Decimals,
    bool Step,
    bool Dashed,
    bool Right
);

internal sealed record LimitOptions(string Name, double Value, string Unit, string Tone);

internal sealed record BandOptions(double From, double? To, string Tone)
{
    public static BandOptions Of(ChartBand band) =>
        new(
            ChartBytes.Milliseconds(band.From),
            band.To is { } to ? ChartBytes.Milliseconds(to) : null,
            band.Tone.Suffix() ?? "accent"
        );
}
