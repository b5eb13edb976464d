using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Settings.Data;
using IoTCentral.Web.Tests.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Features;

/// <summary>How long data stays, as it is read and changed on the page.</summary>
public sealed class DataPageTests : DeviceContext
{
    private readonly MemoryRetention _store = new();
    private readonly MemoryRemovals _removals = new();

    public DataPageTests()
    {
        Services.AddSingleton<IRetentionStore>(_store);
        Services.AddSingleton(
            new InstallationOptions
            {
                DataFolder = "/",
                Storage = new() { MessageLogDays = 30 },
            }
        );
        Services.AddSingleton<DataRetention>();
        Services.AddSingleton<IDataRemovalStore>(_removals);
        Services.AddSingleton<DataRemovals>();
        Templates.All.Add(Fridge.Template);
    }

    [Fact]
    public void What_counts_is_said_and_where_it_comes_from()
    {
        _store.Rules[""] = new(null, 0);
        _store.Rules[Fridge.TemplateId] = new(7, null);

        var rows = Show().FindAll("tbody tr").Select(r => r.TextContent).ToList();

        Assert.Contains("30 days (usual)", rows[0], StringComparison.Ordinal);
        Assert.Contains("For ever", rows[0], StringComparison.Ordinal);
        Assert.Contains("7 days", rows[1], StringComparison.Ordinal);
        Assert.Contains("For ever (usual)", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Hourly_sums_are_told_where_values_go_before_them()
    {
        _store.Rules[""] = new(null, 0);
        _store.Rules[Fridge.TemplateId] = new(null, 7, 365);

        var rows = Show().FindAll("tbody tr").Select(r => r.QuerySelectorAll("td")[3].TextContent.Trim()).ToList();

        Assert.Equal(["–", "365 days"], rows);
    }

    [Fact]
    public void What_is_stored_is_shown_once_it_is_counted()
    {
        Assert.Contains("counted within the hour", Show().Markup, StringComparison.Ordinal);
        _store.Use = new(new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), 1_234_567, 15 << 20, 9, 100, null);

        var page = Show();

        Assert.Contains("1,234,567 · 15\u00a0MB on disk", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shorter_rule_warns_and_is_saved()
    {
        var page = Show();
        var dialogs = Dialogs();

        page.Find("[aria-label='Change how long data of All devices stays']").Click();
        dialogs.WaitForElement("#retention-points").Change("some");
        Assert.Empty(dialogs.FindAll("[role=dialog] .iot-notice"));
        dialogs.Find("[aria-label='Days: Values']").Input("7");
        Assert.Contains("cannot be brought back", dialogs.Markup, StringComparison.Ordinal);
        dialogs.Find("[role=dialog] button[type=submit]").Click();

        page.WaitForAssertion(() => Assert.Equal(new RetentionRule(null, 7), _store.Rules[""]));
        page.WaitForAssertion(() =>
            Assert.Contains("7 days", page.Find("tbody").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Days_that_are_no_number_are_told_at_their_field()
    {
        var page = Show();
        var dialogs = Dialogs();

        page.Find("[aria-label='Change how long data of All devices stays']").Click();
        dialogs.WaitForElement("#retention-messages").Change("some");
        dialogs.Find("[aria-label='Days: Messages as they came']").Input("x");
        dialogs.Find("[role=dialog] button[type=submit]").Click();

        dialogs.WaitForAssertion(() => Assert.Contains("36,500 days", dialogs.Markup, StringComparison.Ordinal));
        Assert.Empty(_store.Rules);
    }

    [Fact]
    public void A_hold_is_placed_and_lifted_after_a_question()
    {
        var page = Show();
        var dialogs = Dialogs();

        page.FindAll("button").Single(b => b.TextContent == "Place a hold…").Click();
        dialogs.WaitForElement("#hold-reason").Input("Claim 7");
        dialogs.Find("[role=dialog] button[type=submit]").Click();
        page.WaitForElement("[aria-label='Lift the hold for Claim 7']").Click();
        dialogs.WaitForAssertion(() => Assert.Contains("Lift this hold?", dialogs.Markup, StringComparison.Ordinal));
        Assert.Single(_store.Holds);
        dialogs.FindAll("[role=dialog] button").Single(b => b.TextContent.Trim() == "Lift").Click();

        page.WaitForAssertion(() => Assert.Empty(_store.Holds));
    }

    [Fact]
    public void A_device_s_data_is_deleted_once_its_id_is_typed_twice_and_the_proof_is_offered()
    {
        var page = Show();
        var dialogs = Dialogs();

        page.FindAll("button").Single(b => b.TextContent == "Delete a device's data…").Click();
        dialogs.WaitForElement("#removal-device").Input("pump-1");
        Assert.True(dialogs.Find("[role=dialog] button[type=submit]").HasAttribute("disabled"));
        dialogs.Find("#removal-again").Input("pump-1");
        dialogs.Find("[role=dialog] form, form").Submit();

        page.WaitForAssertion(() => Assert.Contains("waiting", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("a[download]"));
        var asked = Assert.Single(_removals.All);
        _removals.All[0] = asked with { Removed = new(asked.RequestedAt, 1_200, 3_400, 2) };

        var later = Show();
        Assert.Contains("1,200 messages, 3,400 values", later.Markup, StringComparison.Ordinal);
        Assert.EndsWith(
            $"/settings/data/removals/{asked.Id}",
            later.Find("a[download]").GetAttribute("href"),
            StringComparison.Ordinal
        );
    }

    private IRenderedComponent<DataPage> Show()
    {
        Interactive();
        return Render<DataPage>(p =>
            p.AddCascadingValue(CallerWith(Role.Administrator)).AddCascadingValue(FreshMarket)
        );
    }

    private sealed class MemoryRemovals : IDataRemovalStore
    {
        public List<DataRemoval> All { get; } = [];

        public Task<IReadOnlyList<long>> KeysAsync(TenantId tenant, string deviceId, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<long>>([1]);

        public Task AddAsync(
            TenantId tenant,
            DataRemoval removal,
            IReadOnlyList<long> keys,
            AuditEntry audit,
            CancellationToken ct
        )
        {
            All.Add(removal);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<DataRemoval>> ListAsync(TenantId tenant, int limit, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<DataRemoval>>([.. All]);

        public Task<DataRemoval?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
            Task.FromResult(All.Find(r => r.Id == id));

        public Task<bool> IsHeldAsync(TenantId tenant, IReadOnlyList<long> keys, CancellationToken ct) =>
            Task.FromResult(false);
    }

    private sealed class MemoryRetention : IRetentionStore
    {
        public Dictionary<string, RetentionRule> Rules { get; } = [];
        public List<LegalHold> Holds { get; } = [];
        public StorageUse? Use { get; set; }

        public Task<IReadOnlyDictionary<string, RetentionRule>> RulesAsync(TenantId tenant, CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<string, RetentionRule>>(Rules.ToDictionary());

        public Task SaveAsync(
            TenantId tenant,
            string template,
            RetentionRule rule,
            AuditEntry audit,
            CancellationToken ct
        )
        {
            Rules[template] = rule;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<LegalHold>> HoldsAsync(TenantId tenant, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<LegalHold>>([.. Holds]);

        public Task PlaceAsync(TenantId tenant, LegalHold hold, long? deviceKey, AuditEntry audit, CancellationToken ct)
        {
            Holds.Add(hold);
            return Task.CompletedTask;
        }

        public Task<bool> LiftAsync(TenantId tenant, Guid id, AuditEntry audit, CancellationToken ct) =>
            Task.FromResult(Holds.RemoveAll(h => h.Id == id) > 0);

        public Task<StorageUse?> FindUseAsync(TenantId tenant, CancellationToken ct) => Task.FromResult(Use);
    }
}
