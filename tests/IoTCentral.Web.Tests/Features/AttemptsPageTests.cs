using Bunit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Admin;
using IoTCentral.Web.Tests.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Features;

public sealed class AttemptsPageTests : UiContext
{
    private readonly Strangers _strangers = new();

    public AttemptsPageTests()
    {
        Services.AddSingleton<IConnectionLogStore>(_strangers);
        Services.AddSingleton<ConnectionLogReader>();
        Access.IsInstallationAdministrator = true;
    }

    [Fact]
    public void Who_named_an_unknown_device_or_scope_is_shown_with_what_happened()
    {
        _strangers.All.Add(
            new()
            {
                Id = 1,
                At = TimeProvider.System.GetUtcNow(),
                Address = "10.1.2.3",
                DeviceId = "<b>lost-pump</b>",
                IdScope = "0neUNKNOWN",
                Code = ConnectionCode.UnknownScope,
                Detail = "No application has this ID scope.",
            }
        );

        var row = Render<AttemptsPage>().Find("tbody tr");

        Assert.Contains("10.1.2.3", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("<b>lost-pump</b>", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("0neUNKNOWN", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("No application has this ID scope.", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_was_refused_it_says_what_would_appear()
    {
        var page = Render<AttemptsPage>();

        Assert.Contains("Nobody was refused", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_who_is_no_installation_administrator_any_more_is_refused_by_the_service_too()
    {
        Access.IsInstallationAdministrator = false;

        Assert.Throws<ForbiddenException>(() => Render<AttemptsPage>());
    }

    private sealed class Strangers : IConnectionLogStore
    {
        public List<ConnectionAttempt> All { get; } = [];

        public Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
            AttemptFilter filter,
            DateTimeOffset since,
            int limit,
            CancellationToken ct
        ) => Task.FromResult<IReadOnlyList<ConnectionAttempt>>(All);

        public Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
            TenantId tenant,
            string? groupId,
            DateTimeOffset since,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<IReadOnlyList<ConnectionLogEntry>> OfDeviceAsync(
            TenantId tenant,
            string deviceId,
            long? before,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task AddAsync(
            IReadOnlyList<ConnectionLogEntry> entries,
            IReadOnlyList<ConnectionAttempt> attempts,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task DeleteBeforeAsync(
            DateTimeOffset lines,
            DateTimeOffset attempts,
            int keepAttempts,
            CancellationToken ct
        ) => throw new NotSupportedException();
    }
}
