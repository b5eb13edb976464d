using System.Text;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Telemetry;

/// <summary>Whatever a message says: it is kept as it came, and nothing behind it stops.</summary>
public sealed class AbsurdTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Absurd_bodies_and_dates_are_kept_as_they_came_and_rules_go_on()
    {
        await MakeRuleAsync();
        await using var device = await _hub.ConnectAsync("mad");
        var packet = 0;
        foreach (var body in Bodies)
            await device.SendAsync(MqttClient.PublishPacket("devices/mad/messages/events/", body, ++packet));
        foreach (var date in Dates)
            await device.PublishAsync($"devices/mad/messages/events/iothub-creation-time-utc={date}", "{}", ++packet);
        for (var i = 1; i <= packet; i++)
            Assert.Equal(i, (await device.ReadAsync(MqttClient.PubAck)).Id);

        await device.PublishAsync("devices/mad/messages/events/", """{"temperature":9}""", ++packet);

        var stored = await _hub.StoredAsync("mad");
        Assert.Equal(Bodies, stored.Take(Bodies.Length).Select(m => m.Body));
        Assert.All(stored, m => Assert.InRange(m.MessageTime.Year, 1, 9999));
        var alerts = _hub.Services.GetRequiredService<IAlertStore>();
        var alert = await Eventually.FindAsync(async () =>
        {
            var page = await alerts.ListAsync(_hub.Application.TenantId, new AlertFilter(), null, 10, Ct);
            return page.Items.Count == 0 ? null : page.Items[0];
        });
        Assert.Equal("mad", alert.DeviceId);
    }

    private static readonly byte[][] Bodies =
    [
        [],
        [0],
        [0xFF, 0xFE, 0x00, 0xD8],
        "{"u8.ToArray(),
        "[]"u8.ToArray(),
        """{"temperature":NaN}"""u8.ToArray(),
        """{"temperature":1e999}"""u8.ToArray(),
        """{"temperature":-1e-999}"""u8.ToArray(),
        """{"temperature":"\u0000"}"""u8.ToArray(),
        """{"temperature":"\ud800"}"""u8.ToArray(),
        """{"":1,"":2}"""u8.ToArray(),
        """{"temperature":{"temperature":[[[[]]]]}}"""u8.ToArray(),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"a":""", 40_000))),
        Encoding.UTF8.GetBytes($$"""{"temperature":{{new string('9', 200_000)}}}"""),
    ];

    private static readonly string[] Dates =
    [
        "0001-01-01T00%3A00%3A00Z",
        "0001-01-01T00%3A00%3A00%2B14%3A00",
        "9999-12-31T23%3A59%3A59.9999999Z",
        "9999-12-31T23%3A59%3A59-14%3A00",
        "99999999999999",
        "yesterday",
        "",
    ];

    private async Task MakeRuleAsync()
    {
        var fridge = DtdlReader
            .Read(
                """
                {
                  "@context": "dtmi:dtdl:context;2", "@id": "dtmi:test:mad;1", "@type": "Interface", "displayName": "Mad",
                  "contents": [{ "@type": "Telemetry", "name": "temperature", "schema": "double" }]
                }
                """
            )
            .Get() with
        {
            Status = TemplateStatus.Published,
        };
        await _hub.Services.GetRequiredService<TemplateBook>().AddAsync(_hub.Caller, fridge, Ct);
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "mad", TemplateId = fridge.Id }, Ct);
        var condition = new TelemetryCondition
        {
            Name = "temperature",
            Operator = RuleOperator.Equal,
            Value = RuleValue.Of(9),
        };
        await _hub
            .Services.GetRequiredService<RuleBook>()
            .AddAsync(
                _hub.Caller,
                new()
                {
                    TenantId = _hub.Application.TenantId,
                    Id = "mad",
                    Name = "Mad",
                    TemplateId = fridge.Id,
                    Definition = new() { Conditions = [condition] },
                },
                Ct
            );
    }
}
