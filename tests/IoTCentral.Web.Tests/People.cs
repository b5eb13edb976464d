using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests;

/// <summary>People of tests: made without clicking, signed in by clicking.</summary>
internal static class People
{
    public const string Password = "correct horse battery";

    private static int _number;

    public static async Task<Account> PersonAsync(this TestSite site, bool runsInstallation = false)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var account = new Account
        {
            Email = $"person{Interlocked.Increment(ref _number)}@example.com",
            Name = "Anna",
            IsInstallationAdministrator = runsInstallation,
            CreatedAt = site.Services.GetRequiredService<TimeProvider>().GetUtcNow(),
        };
        var result = await scope
            .ServiceProvider.GetRequiredService<UserManager<Account>>()
            .CreateAsync(account, Password);
        Assert.True(result.Succeeded, result.ToString());
        return account;
    }

    /// <summary>Moves the end of a lock-out, since Identity goes by the machine's clock; what it was before is returned.</summary>
    public static async Task<DateTimeOffset?> MoveLockoutAsync(this TestSite site, Guid person, TimeSpan by)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        var account = (await people.FindByIdAsync($"{person}"))!;
        var end = account.LockoutEnd;
        await people.SetLockoutEndDateAsync(account, end + by);
        return end;
    }

    public static Task JoinAsync(this TestSite site, Account person, Application application, Role role)
    {
        var membership = new Membership
        {
            TenantId = application.TenantId,
            PersonId = person.Id,
            RoleId = role.Id,
        };
        var audit = new AuditEntry
        {
            Actor = AuditActor.CommandLine,
            Action = "membership.create",
            TargetId = person.Email,
        };
        return site.Services.GetRequiredService<IAccessStore>().PutMembershipAsync(membership, audit, default);
    }

    public static Task<HttpResponseMessage> SignInAsync(
        this Browser browser,
        string email,
        string password,
        CancellationToken ct
    ) =>
        browser.SubmitAsync(
            "/sign-in",
            "sign-in",
            new() { ["Input.Email"] = email, ["Input.Password"] = password },
            ct
        );

    /// <summary>A browser in which this person is signed in.</summary>
    public static async Task<Browser> SignedInAsync(this TestSite site, Account person, CancellationToken ct)
    {
        var browser = site.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SignInAsync(person.Email, Password, ct)).StatusCode);
        return browser;
    }
}
