using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Demo;

/// <summary>The demo's home dashboard: twelve stores on one page, or one of them by the scope picker.</summary>
public static class DemoDashboard
{
    public const string Id = "stores";

    public static Dashboard Make() =>
        new()
        {
            Id = Id,
            Name = "Store overview",
            IsHome = true,
            ScopeProperty = "storeName",
            Tiles =
            [
                Kpi(
                    "warmest",
                    "Warmest refrigerator now",
                    0,
                    DemoContent.Refrigerator.Id,
                    "temperature",
                    Aggregate.Maximum
                ) with
                {
                    LimitProperty = "temperatureLimit",
                    IsOfNow = true,
                },
                Kpi("freezer", "Warmest freezer now", 3, DemoContent.Freezer.Id, "temperature", Aggregate.Maximum) with
                {
                    LimitProperty = "temperatureLimit",
                    IsOfNow = true,
                },
                Kpi(
                    "indoor",
                    "Indoor temperature",
                    6,
                    DemoContent.StoreMeter.Id,
                    "indoorTemperature",
                    Aggregate.Average
                ),
                Kpi("power", "Average power", 9, DemoContent.StoreMeter.Id, "power", Aggregate.Average),
                new()
                {
                    Id = "temperature",
                    Kind = TileKind.Line,
                    Title = "Temperature · refrigerators",
                    Y = 2,
                    Width = 8,
                    Height = 5,
                    Source = new() { TemplateId = DemoContent.Refrigerator.Id },
                    Series = [new() { Name = "temperature" }],
                    LimitProperty = "temperatureLimit",
                },
                new()
                {
                    Id = "alerts",
                    Kind = TileKind.Alerts,
                    Title = "Open alerts",
                    X = 8,
                    Y = 2,
                    Width = 4,
                    Height = 3,
                },
                new()
                {
                    Id = "restart",
                    Kind = TileKind.Command,
                    Title = "When a controller hangs",
                    X = 8,
                    Y = 5,
                    Width = 4,
                    Height = 2,
                    Source = new() { TemplateId = DemoContent.Refrigerator.Id },
                    Series = [new() { Name = "restart" }],
                },
                new()
                {
                    Id = "map",
                    Kind = TileKind.Map,
                    Title = "Stores",
                    Y = 7,
                    Width = 4,
                    Height = 6,
                    Source = new() { TemplateId = DemoContent.StoreMeter.Id },
                    Series = [new() { Name = "location" }],
                },
                new()
                {
                    Id = "cabinets",
                    Kind = TileKind.LastValue,
                    Title = "All refrigerators",
                    X = 4,
                    Y = 7,
                    Width = 8,
                    Height = 6,
                    Source = new() { TemplateId = DemoContent.Refrigerator.Id },
                    Series = [new() { Name = "temperature" }],
                    LimitProperty = "temperatureLimit",
                },
                new()
                {
                    Id = "compressors",
                    Kind = TileKind.State,
                    Title = "Compressors",
                    Y = 13,
                    Width = 12,
                    Height = 5,
                    Source = new() { TemplateId = DemoContent.Refrigerator.Id },
                    Series = [new() { Component = "compressor", Name = "state" }],
                },
            ],
        };

    private static Tile Kpi(string id, string title, int x, string template, string name, Aggregate aggregate) =>
        new()
        {
            Id = id,
            Kind = TileKind.Kpi,
            Title = title,
            X = x,
            Width = 3,
            Height = 2,
            Source = new() { TemplateId = template },
            Series = [new() { Name = name, Aggregate = aggregate }],
        };
}
