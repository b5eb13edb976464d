using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Rules;
using IoTCentral.Web.Tests.Alerts;
using IoTCentral.Web.Tests.Dashboards;
using IoTCentral.Web.Tests.Devices;
using IoTCentral.Web.Tests.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Rules;

public sealed class RulePageTests : UiContext
{
    private readonly TestTime _time = new();

    public RulePageTests()
    {
        Services.AddRulePages().AddAlerts(new MemoryAlerts(), Rules, Devices);
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton<ITemplateStore>(Templates);
        Services.AddSingleton<ITelemetryStore>(Telemetry);
        Services.AddSingleton<ISettingStore>(new NoSettings());
        Services.AddSingleton<IMailer>(new NoMailer());
        Services
            .AddSingleton<TemplateBook>()
            .AddSingleton<TemplateCatalog>()
            .AddSingleton<RuleBook>()
            .AddSingleton<BackTest>()
            .AddSingleton<MailSettings>()
            .AddSingleton<TestMail>();
        Templates.All.Add(Fridge.Template);
    }

    internal MemoryRules Rules { get; } = new();
    internal MemoryRuleDevices Devices { get; } = new();
    internal MemoryTemplates Templates { get; } = new();
    internal MemoryTelemetry Telemetry { get; } = new();

    private IRenderedComponent<TPage> Open<TPage>(Role? role = null, string? id = null)
        where TPage : IComponent
    {
        Interactive();
        Render<MudPopoverProvider>();
        Render<MudDialogProvider>();
        return Render<TPage>(p =>
        {
            p.AddCascadingValue(CallerWith(role ?? Role.Administrator)).AddCascadingValue(App());
            if (id is not null)
                p.TryAdd("Id", id);
        });
    }

    private static void Press<T>(IRenderedComponent<T> on, string words)
        where T : IComponent => on.FindAll("button").Single(b => b.TextContent.Trim() == words).Click();

    private static Task SetAsync(IRenderedComponent<RuleEditor> page, string label, string value) =>
        page.Find($"[aria-label='{label}']").ChangeAsync(value);

    private async Task<IRenderedComponent<RuleEditor>> AboveAsync(string value)
    {
        var page = Open<RuleEditor>();
        await page.Find("#rule-name").InputAsync("Too warm");
        await page.Find("#rule-template").ChangeAsync(Fridge.TemplateId);
        await SetAsync(page, "Signal", "temperature");
        await SetAsync(page, "Value", value);
        return page;
    }

    private void Sent(long device, int minutesAgo, double temperature)
    {
        var at = _time.GetUtcNow().AddMinutes(-minutesAgo);
        var body = System.Text.Encoding.UTF8.GetBytes(
            System.FormattableString.Invariant($$"""{"temperature":{{temperature}}}""")
        );
        Telemetry.Messages.Add(
            new DeviceMessage
            {
                Tenant = new(1),
                DeviceKey = device,
                DeviceId = $"fridge-{device}",
                Received = at,
                MessageTime = at,
                Body = body,
            }
        );
    }

    private void AddFridge(long key) =>
        Devices.All.Add(
            new()
            {
                TenantId = new(1),
                Key = key,
                Id = $"fridge-{key}",
                Name = $"Fridge {key}",
                TemplateId = Fridge.TemplateId,
            }
        );

    [Fact]
    public async Task A_rule_reads_as_a_sentence_once_it_is_whole()
    {
        var page = await AboveAsync("warm");
        Assert.DoesNotContain("For Fridge, when", page.Markup, StringComparison.Ordinal);

        await SetAsync(page, "Value", "7");

        Assert.Contains("For Fridge, when temperature is above 7", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_rule_says_what_comes_next()
    {
        var page = Open<RuleEditor>();
        Assert.StartsWith("Next: choose the device template.", Next(), StringComparison.Ordinal);

        await page.Find("#rule-template").ChangeAsync(Fridge.TemplateId);
        Assert.Equal("Next: choose the signal.", Next());
        await SetAsync(page, "Signal", "temperature");
        Assert.Equal("Next: say what the signal is compared with.", Next());
        await SetAsync(page, "Value", "7");
        Press(page, "Add condition");
        await page.WaitForStateAsync(() => Next() == "Condition 2: choose the signal.", TimeSpan.FromSeconds(5));

        string Next() => page.Find("[role=status]").TextContent;
    }

    [Fact]
    public async Task What_is_saved_is_what_was_chosen()
    {
        var page = await AboveAsync("7,5");

        Press(page, "Save");

        await page.WaitForStateAsync(() => Rules.All.Count == 1, TimeSpan.FromSeconds(5));
        var condition = Assert.IsType<TelemetryCondition>(Rules.All[0].Definition.Conditions.Single());
        Assert.Equal(("temperature", RuleValue.Of(7.5)), (condition.Name, condition.Value));
    }

    [Fact]
    public async Task The_limit_may_be_the_devices_own()
    {
        var page = await AboveAsync("");

        await SetAsync(page, "Compared with", "limit");
        Press(page, "Save");

        await page.WaitForStateAsync(() => Rules.All.Count == 1, TimeSpan.FromSeconds(5));
        var condition = (TelemetryCondition)Rules.All[0].Definition.Conditions.Single();
        Assert.Equal(("limit", (RuleValue?)null), (condition.LimitProperty, condition.Value));
    }

    [Fact]
    public async Task What_is_missing_is_told_beside_its_field_and_nothing_is_saved()
    {
        var page = await AboveAsync("");
        await page.Find("#rule-name").InputAsync(" ");

        Press(page, "Save");

        await page.WaitForStateAsync(() => page.FindAll("#rule-name-error").Count == 1, TimeSpan.FromSeconds(5));
        var condition = page.Find("[role=group][aria-label^='Condition']").TextContent;
        Assert.Contains("Give the value to compare with", condition, StringComparison.Ordinal);
        Assert.Empty(Rules.All);
    }

    [Fact]
    public async Task It_says_how_often_it_would_have_fired()
    {
        AddFridge(1);
        AddFridge(2);
        foreach (var (device, minutes, value) in new[] { (1L, 90, 9.0), (1L, 80, 3.0), (1L, 70, 8.0), (2L, 60, 7.5) })
            Sent(device, minutes, value);

        var page = await AboveAsync("7");

        await page.WaitForAssertionAsync(
            () =>
                Assert.Contains(
                    "It would have fired 3 times on 2 devices in the last 7 days",
                    page.Markup,
                    StringComparison.Ordinal
                ),
            TimeSpan.FromSeconds(10)
        );
    }

    [Fact]
    public void The_list_turns_a_rule_off_and_says_so()
    {
        Rules.All.Add(Silence());
        var page = Open<RuleList>();
        Assert.Contains("on", page.Find("tbody").TextContent, StringComparison.Ordinal);

        Press(page, "Turn off");

        page.WaitForState(() => page.FindAll("button").Any(b => b.TextContent.Trim() == "Turn on"));
        Assert.False(Rules.All.Single().IsEnabled);
    }

    [Fact]
    public void Whoever_may_only_look_turns_no_rule_off()
    {
        Rules.All.Add(Silence());

        Assert.Empty(Open<RuleList>(Looker).FindAll("button"));
    }

    [Fact]
    public void Whoever_may_only_look_changes_no_rule()
    {
        Rules.All.Add(Silence());

        Assert.True(Open<RuleEditor>(Looker, "silent").Find("fieldset").HasAttribute("disabled"));
    }

    private static Role Looker { get; } =
        Role.Administrator with
        {
            Permissions = Role.Administrator.Permissions.Without(Permission.ManageRules),
        };

    private static Rule Silence() =>
        new()
        {
            TenantId = new(1),
            Id = "silent",
            Name = "Silent",
            TemplateId = Fridge.TemplateId,
            Definition = new() { Conditions = [new SilenceCondition { For = TimeSpan.FromMinutes(15) }] },
        };

    private sealed class NoSettings : ISettingStore
    {
        public Task<Setting?> FindAsync(string key, CancellationToken ct) => Task.FromResult<Setting?>(null);

        public Task<Setting> AddAsync(Setting setting, CancellationToken ct) => throw new NotSupportedException();

        public Task SaveAsync(Setting setting, AuditEntry entry, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task AuditAsync(AuditEntry entry, CancellationToken ct) => throw new NotSupportedException();
    }

    private sealed class NoMailer : IMailer
    {
        public Task SendAsync(SmtpOptions server, string to, MailContent mail, Guid id, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
