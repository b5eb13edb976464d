using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Common;

/// <summary>Teaches Dapper this database's habits, once per process.</summary>
internal static class DapperSetup
{
#pragma warning disable CA2255 // Dapper's settings are process-wide; every user of this assembly needs them set before its first query
    [ModuleInitializer]
    internal static void Apply()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.Settings.PreferTypeHandlersForEnums = true;
        SqlMapper.AddTypeHandler(new TenantIdHandler());
    }
#pragma warning restore CA2255

    private sealed class TenantIdHandler : SqlMapper.TypeHandler<TenantId>
    {
        public override void SetValue(IDbDataParameter parameter, TenantId value)
        {
            parameter.DbType = DbType.Int32;
            parameter.Value = value.Value;
        }

        public override TenantId Parse(object value) => new((int)value);
    }
}

/// <summary>Stores an enum as text: members in kebab-case (<c>InProgress</c> → <c>in-progress</c>).</summary>
internal sealed class EnumText<T> : SqlMapper.TypeHandler<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> ToText = Enum.GetValues<T>()
        .ToDictionary(v => v, v => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()));
    private static readonly Dictionary<string, T> FromText = ToText.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>Call once per enum from its store's static constructor or from <see cref="DapperSetup"/>.</summary>
    public static void Register() => SqlMapper.AddTypeHandler(new EnumText<T>());

    public static string Text(T value) => ToText[value];

    public override void SetValue(IDbDataParameter parameter, T value)
    {
        parameter.DbType = DbType.String;
        parameter.Value = ToText[value];
    }

    public override T Parse(object value) => FromText[(string)value];
}
