using IoTCentral.Core.Rules;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Tests.Alerts;

public sealed class AlertBandsTests
{
    private readonly MemoryAlerts _alerts = new();

    private Alert About(string? component, string? name, Severity severity = Severity.Critical) =>
        _alerts.Add(
            "rule",
            change: a =>
                a with
                {
                    Severity = severity,
                    Facts = new AlertFacts { Conditions = [new AlertFact { Component = component, Name = name }] },
                }
        );

    [Fact]
    public void Only_alerts_about_a_signal_that_is_shown_are_drawn()
    {
        var shown = About(null, "temperature");
        About("compressor", "temperature");
        About(null, "humidity");
        About(null, null); // silence is about no signal

        var bands = AlertBands.Of(_alerts.All, [("", "temperature")]);

        Assert.Equal([shown.OpenedAt], bands.Select(b => b.From));
    }

    [Fact]
    public void An_open_alert_reaches_until_now_and_its_severity_is_its_tone()
    {
        About("", "temperature", Severity.Warning);

        var band = Assert.Single(AlertBands.Of(_alerts.All, [("", "temperature")]));

        Assert.Equal((null, Tone.Warning), (band.To, band.Tone));
    }

    [Fact]
    public void A_rule_that_looks_at_two_signals_is_drawn_behind_either()
    {
        _alerts.Add(
            "rule",
            change: a =>
                a with
                {
                    Facts = new AlertFacts
                    {
                        Conditions = [new AlertFact { Name = "door" }, new AlertFact { Name = "temperature" }],
                    },
                }
        );

        Assert.Single(AlertBands.Of(_alerts.All, [("", "temperature")]));
        Assert.Single(AlertBands.Of(_alerts.All, [("", "door"), ("", "temperature")]));
    }
}
