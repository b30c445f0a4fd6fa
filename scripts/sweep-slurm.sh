run_slurm() { :; }
slurm_earlier() { :; }
slurm_cancel() { :; }
