using System.Globalization;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class TemplateViewTests
{
    private static readonly DeviceTemplate Template = Models.With(
        """
        { "@type": ["Telemetry", "Temperature"], "name": "inside", "displayName": "Inside", "schema": "double", "unit": "degreeCelsius" },
        { "@type": ["Telemetry", "Temperature"], "name": "outside", "displayName": "Outside", "schema": "double", "unit": "degreeFahrenheit", "displayUnit": "C" },
        { "@type": ["Telemetry", "RelativeHumidity"], "name": "humidity", "schema": "double", "unit": "percent" },
        { "@type": "Telemetry", "name": "isOpen", "schema": "boolean" },
        { "@type": ["Telemetry", "State"], "name": "mode", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "a", "enumValue": "a" } ] } },
        { "@type": ["Telemetry", "Event"], "name": "alarm", "schema": "integer" },
        { "@type": ["Telemetry", "Location"], "name": "place", "schema": "geopoint" },
        { "@type": "Telemetry", "name": "shock", "schema": "vector" },
        { "@type": "Telemetry", "name": "firmware", "schema": "string" },
        { "@type": "Telemetry", "name": "deep", "schema": { "@type": "Object", "fields": [ { "name": "a", "schema": { "@type": "Object", "fields": [ { "name": "b", "schema": "long", "unit": "volt" } ] } }, { "name": "list", "schema": { "@type": "Array", "elementSchema": "double" } } ] } },
        { "@type": "Property", "name": "serial", "schema": "string" },
        { "@type": ["Property", "Cloud"], "name": "owner", "schema": "string" },
        { "@type": "Command", "name": "reboot" },
        { "@type": "Component", "name": "door", "displayName": "Door", "schema": { "@id": "dtmi:c:Door;1", "@type": "Interface", "contents": [ { "@type": "Telemetry", "name": "openings", "displayName": "Openings", "schema": "long" } ] } }
        """
    );

    private static readonly IReadOnlyList<ViewTile> Tiles = DefaultViews.Of(Template);

    [Fact]
    public void Each_number_has_a_big_tile() =>
        Assert.Equal(
            ["Inside", "Outside", "humidity", "Door · Openings"],
            Tiles.Where(t => t.Kind == ViewTileKind.Kpi).Select(t => t.Title)
        );

    [Fact]
    public void Numbers_shown_in_one_unit_share_a_chart()
    {
        var chart = Tiles.First(t => t.Kind == ViewTileKind.LineChart);

        Assert.Equal(["inside", "outside"], chart.Capabilities.Select(c => c.Name));
        Assert.Equal(("°C", "Inside, Outside"), (chart.Unit, chart.Title));
    }

    [Theory]
    [InlineData(ViewTileKind.StateTimeline, "isOpen,mode")]
    [InlineData(ViewTileKind.Map, "place")]
    [InlineData(ViewTileKind.EventList, "alarm")]
    [InlineData(ViewTileKind.LastValue, "firmware,deep")]
    [InlineData(ViewTileKind.Properties, "serial")]
    [InlineData(ViewTileKind.CloudProperties, "owner")]
    [InlineData(ViewTileKind.Commands, "reboot")]
    public void Everything_else_has_its_own_tile(ViewTileKind kind, string names) =>
        Assert.Equal(names, string.Join(',', Assert.Single(Tiles, t => t.Kind == kind).Capabilities));

    [Fact]
    public void A_template_of_nothing_has_no_tiles() =>
        Assert.Empty(DefaultViews.Of(Template with { Root = new TemplateInterface { Id = "dtmi:a:b;1" } }));

    [Fact]
    public void Forty_lines_are_several_charts()
    {
        var many = Models.With(
            string.Join(
                ",",
                Enumerable
                    .Range(0, 40)
                    .Select(i => $$"""{ "@type": "Telemetry", "name": "t{{i}}", "schema": "double" }""")
            )
        );

        Assert.Equal(5, DefaultViews.Of(many).Count(t => t.Kind == ViewTileKind.LineChart));
    }

    [Fact]
    public void Members_of_objects_and_axes_of_vectors_are_series()
    {
        var series = TemplateSeries.Of(Template);

        Assert.Equal(
            [
                "inside",
                "outside",
                "humidity",
                "isOpen",
                "mode",
                "alarm",
                "place",
                "shock.x",
                "shock.y",
                "shock.z",
                "firmware",
                "deep.a.b",
                "openings",
            ],
            series.Select(s => s.Name)
        );
        Assert.Equal(
            (SeriesKind.Number, "V"),
            series.Where(s => s.Name == "deep.a.b").Select(s => (s.Kind, s.Display.Symbol)).Single()
        );
        Assert.Equal(SeriesKind.Location, series.Single(s => s.Name == "place").Kind);
        Assert.Equal("Door · Openings", series[^1].Label);
    }

    [Theory]
    [InlineData("degreeCelsius", null, null, 4.123, "4.12\u00A0°C")]
    [InlineData("degreeCelsius", "degreeFahrenheit", 1, 4.123, "39.4\u00A0°F")]
    [InlineData("degreeCelsius", "C", 0, 4.6, "5\u00A0°C")]
    [InlineData("degreeCelsius", "Grad", 1, 4.6, "4.6\u00A0Grad")]
    [InlineData("degreeOfArc", null, 0, 90.4, "90°")]
    [InlineData(null, null, null, 12345.678, "12,346")]
    [InlineData(null, null, null, 0.01234, "0.01234")]
    [InlineData(null, null, 2, double.NaN, "–")]
    public void Numbers_are_shown_with_unit_and_sensible_decimals(
        string? unit,
        string? displayUnit,
        int? decimals,
        double value,
        string shown
    ) =>
        Assert.Equal(
            shown,
            ValueDisplay.Of(unit, displayUnit, decimals).FormatWithUnit(value, CultureInfo.InvariantCulture)
        );

    [Fact]
    public void A_limit_typed_in_the_shown_unit_goes_back_to_the_devices_unit() =>
        Assert.Equal(5, ValueDisplay.Of("degreeCelsius", "degreeFahrenheit", 1).ConvertBack(41));
}
