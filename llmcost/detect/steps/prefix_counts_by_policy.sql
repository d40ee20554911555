-- The counts under each policy that held then.
select counted.*, costs.policy, costs.rule_no, costs.kind_no, costs.ttl_us
from prefix_counts as counted
inner join
    prefix_costs as costs
    on counted.group_no = costs.group_no
    and counted.price_no = costs.price_no
    and counted.prefix_tokens = costs.prefix_tokens
    and counted.read_tokens = costs.read_tokens
    and counted.written_tokens = costs.written_tokens
    and counted.written_1h_tokens = costs.written_1h_tokens
    and counted.first_us >= costs.valid_from_us
    and counted.first_us < costs.valid_to_us
