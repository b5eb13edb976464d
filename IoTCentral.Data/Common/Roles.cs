namespace IoTCentral.Data.Common;

/// <summary>The three PostgreSQL roles: who owns the tables, who serves requests, who may cross tenants.</summary>
internal static class Roles
{
    public const string Owner = "iot_owner";
    public const string App = "iot_app";
    public const string System = "iot_system";
}

/// <summary>Passwords of the two roles that log in; made at random by the program, or given by settings.</summary>
public sealed record RolePasswords(string App, string System);
