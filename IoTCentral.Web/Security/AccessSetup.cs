using IoTCentral.Core.Access;
using IoTCentral.Web.Api;
using IoTCentral.Web.Errors;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IoTCentral.Web.Security;

/// <summary>Who may come in: sign-in, API tokens, permissions, and the pipeline that asks for them.</summary>
internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<SignInLimits>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<SetupDesk>();
        services.AddScoped<AccountDesk>();
        services.AddSingleton<Sessions>();
        services.AddIdentity();
        services.AddDataProtection().SetApplicationName("IoTCentral");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRing>();
        services.AddAuthorizationBuilder().AddPermissions();
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        services.AddScoped<AuthenticationStateProvider, CircuitSignIn>();
        services.AddExceptionHandler<DomainExceptionHandler>();
        services.AddProblemDetails();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "iotcentral-form";
            o.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddHsts(o => o.MaxAge = TimeSpan.FromDays(365));
        return services.AddApiFrame();
    }

    /// <summary>Everything from the first byte to the endpoint, in the order that matters.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseHsts();
        app.UseApiAddress();
        app.UseWhen(c => c.IsApi(), api => api.UseStatusCodePages(c => ApiErrors.WriteBareAsync(c.HttpContext)));
        app.UseWhen(
            c => !c.IsApi(),
            pages =>
            {
                pages.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
                // the page that says why is read, whatever it was that was refused
                pages.Use(
                    (context, next) =>
                    {
                        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                            context.Request.Method = HttpMethods.Get;
                        return next(context);
                    }
                );
            }
        );
        app.UseExceptionHandler();
        app.UseRouting();
        app.UseOriginCheck();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        return app;
    }

    private static void AddIdentity(this IServiceCollection services)
    {
        services
            .AddIdentityCore<Account>(identity =>
            {
                identity.Password.RequiredLength = PasswordRules.MinLength;
                identity.Password.RequiredUniqueChars = PasswordRules.MinDifferent;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.User.RequireUniqueEmail = true;
                // the e-mail address is the user name
                identity.User.AllowedUserNameCharacters = "";
                identity.Lockout.MaxFailedAccessAttempts = 10;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            })
            .AddSignInManager()
            .AddClaimsPrincipalFactory<PersonClaimsFactory>()
            .AddPasswordValidator<PasswordRules>();
        // OWASP's figure for PBKDF2 with SHA-512
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 210_000);
        services.Configure<SecurityStampValidatorOptions>(o =>
        {
            o.ValidationInterval = TimeSpan.FromMinutes(1);
            o.OnRefreshingPrincipal = Sessions.KeepSessionAsync;
        });
        // by address, also where no endpoint is: browsers have cookies, programs have tokens, never the other way round
        const string ByAddress = "ByAddress";
        services
            .AddAuthentication(ByAddress)
            .AddCookie(IdentityConstants.ApplicationScheme, Configure)
            .AddPolicyScheme(
                ByAddress,
                null,
                o =>
                    o.ForwardDefaultSelector = c =>
                        c.IsApi() ? ApiTokenAuthentication.Name : IdentityConstants.ApplicationScheme
            );
    }

    private static void Configure(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "iotcentral";
        cookie.Cookie.HttpOnly = true;
        // Strict would lose the sign-in of whoever follows the link in an alert's mail
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events.OnValidatePrincipal = Sessions.ValidateAsync;
        cookie.Events.OnRedirectToLogin = context =>
        {
            // a program or a live connection cannot follow to a page
            if (
                context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
                || !HttpMethods.IsGet(context.Request.Method)
            )
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else
                context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
    }
}
